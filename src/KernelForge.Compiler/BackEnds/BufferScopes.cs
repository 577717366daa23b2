using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds;

/// <summary>Where buffers are declared whose shape the host knows only within a loop, or may ask for only in one arm of a branch.</summary>
internal sealed class BufferScopes
{
    private readonly KernelPlan plan;

    // By reference: equal steps may stand in two places. None: behind all steps, a result that its loop writes by other shapes.
    private readonly List<(Step? Step, PlanBuffer Buffer)> declared = [];

    public BufferScopes(KernelPlan plan)
    {
        this.plan = plan;
        foreach (PlanBuffer b in plan.Buffers.Where(IsLocal)) declared.Add((First(plan.Steps, b), b));
    }

    /// <summary>Whether a buffer is declared within the steps; inputs are there before them.</summary>
    public bool IsLocal(PlanBuffer buffer) =>
        plan.Inputs.All(i => i.Buffer != buffer.Id) && (plan.RowSpaces[buffer.RowSpace].IsLocal || Depends(buffer.Columns.ToScalar()));

    /// <summary>Buffers that are declared in front of a step; of null, behind all steps.</summary>
    public IEnumerable<PlanBuffer> DeclaredBefore(Step? step) => declared.Where(d => ReferenceEquals(d.Step, step)).Select(d => d.Buffer);

    private Step? First(EquatableArray<Step> steps, PlanBuffer buffer)
    {
        Step[] touching = [.. steps.Where(s => Touches(s, buffer.Id))];
        if (touching.Length == 0) return null;
        if (touching.Length > 1 || plan.Outputs.Any(o => o.Buffer == buffer.Id)) return touching[0];
        return touching[0] switch
        {
            Step.Loop l => First(l.Body, buffer),
            Step.Branch b when !b.Then.Any(s => Touches(s, buffer.Id)) => First(b.Else, buffer),
            Step.Branch b when !b.Else.Any(s => Touches(s, buffer.Id)) => First(b.Then, buffer),
            Step other => other,
        };
    }

    private static bool Touches(Step step, int buffer) => Step.Kernels([step]).Any(k => k.Reads.Concat(k.Writes).Any(v => v.Buffer == buffer));

    private static bool Depends(Scalar width)
    {
        bool found = false;
        Scalar? Look(Scalar part)
        {
            found |= part is Scalar.Index or Scalar.Item;
            return null;
        }
        Ir.Build.Scalars.Replace(width, Look);
        return found;
    }
}
