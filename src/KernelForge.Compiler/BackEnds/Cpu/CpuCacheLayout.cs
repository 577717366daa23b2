using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>The method that says what a sequence keeps from run to run: the entries of the cache in the order in which a run meets them.</summary>
internal sealed class CpuCacheLayout(KernelPlan plan, ProgramNames names, CpuKernels kernels, CodeWriter writer)
    : ProgramSchedule(plan with { Steps = Keeping(plan.Steps) }, names, writer)
{
    private const string Cache = "cache";

    public void Write()
    {
        Writer.Line("/// <inheritdoc/>");
        Writer.Line("public override CacheLayout Layout { get; }").Line();
        Writer.Open("private CacheLayout Describe()");
        Writer.Line($"var {Cache} = new CacheLayout();");
        foreach (RowSpace space in Plan.RowSpaces.Where(s => s.SequencesOf is null && s.TableRows is null && !s.IsLocal))
        {
            Writer.Line($"{Cache}.Space({Number(space.Id)}, goesOn: {(Plan.HasRowsThatGoOn(space.Id) ? "true" : "false")});");
        }
        WriteSteps();
        Writer.Line($"return {Cache};");
        Writer.Close().Line();
    }

    // Buffers are none of its business, and rows that differ from pass to pass of a loop no incremental layer has.
    protected override void WriteView(PlanBuffer buffer) { }

    protected override void WriteRows(RowSpace space) { }

    protected override void WriteIntegers(PlanIntegers integers) { }

    protected override void WriteChosen(int space) { }

    protected override void WriteChoice(int space, int from, bool declares = false) { }

    protected override void WriteKernel(Kernel kernel)
    {
        foreach (ElementOperand.Rows rows in CpuKeptRows.Of(kernel))
        {
            Writer.Line($"{Cache}.Rows({Number(rows.Space)}, {Names.Size(rows.View.Columns)}, {KeptReach.Text(Names, rows.Kept!.Reach)});");
        }
        switch (kernel)
        {
            case AttentionKernel { IsKept: true } a:
                string widths = $"{Names.Size(a.Key.Columns)}, {Names.Size(a.Value.Columns)}, {Names.Size(a.KeyValueHeads)}";
                Writer.Line($"{Cache}.Attention({Number(a.KeyRows)}, {widths}, {KeptReach.Text(Names, KeptReach.Of(a))});");
                break;
            case ScanKernel { IsKept: true } s:
                Writer.Line($"{Cache}.Scan({kernels.StatesOf(s)});");
                break;
            default:
                break;
        }
    }

    private static EquatableArray<Step> Keeping(IEnumerable<Step> steps) => steps.Select(s => s switch
    {
        Step.Loop l => l with { Body = Keeping(l.Body) },
        Step.Branch b => b with { Then = Keeping(b.Then), Else = Keeping(b.Else) },
        _ => s,
    }).Where(Keeps).ToEquatableArray();

    private static bool Keeps(Step step) => step switch
    {
        Step.Run r => r.Kernel is AttentionKernel { IsKept: true } or ScanKernel { IsKept: true } || CpuKeptRows.Of(r.Kernel).Any(),
        Step.Loop l => l.Body.Count > 0,
        Step.Branch b => b.Then.Count + b.Else.Count > 0,
        _ => false,
    };
}
