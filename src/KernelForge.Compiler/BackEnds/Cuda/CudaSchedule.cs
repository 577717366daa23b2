using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// The method that gives the plan's kernels to the device: row spaces, memory, then kernels, loops and branches as the plan has them. It
/// runs without a device when the program is made, and again whenever a graph is recorded.
/// </summary>
internal sealed class CudaSchedule(KernelPlan plan, ProgramNames names, CudaKernels kernels, CodeWriter writer)
{
    public void Write()
    {
        writer.Line("/// <inheritdoc/>");
        writer.Open($"protected override void Schedule(CudaRun {names.Run})");
        WriteInputs();
        writer.Line();
        foreach (PlanBuffer b in plan.Buffers.Where(b => !b.Columns.LoopIndices.Any())) WriteView(b);
        writer.Line();
        for (int i = 0; i < plan.Inputs.Count; i++)
        {
            if (plan.Inputs[i].Kind == InputKind.Tokens)
                writer.Line($"{names.Run}.CopyIn({Number(i)}, {names.Buffer(plan.Inputs[i].Buffer)});");
        }
        Write(plan.Steps, []);
        for (int i = 0; i < plan.Outputs.Count; i++)
            writer.Line($"{names.Run}.CopyOut({Number(i)}, {names.Buffer(plan.Outputs[i].Buffer)});");
        writer.Close().Line();
    }

    private void WriteInputs()
    {
        // A space of sequences needs the space that it counts.
        foreach (RowSpace s in plan.RowSpaces.OrderBy(s => s.SequencesOf is not null))
        {
            string space = s.SequencesOf is { } parent
                ? $"SequencesOf({Number(s.Id)}, {names.Space(parent)})"
                : $"Space({Number(s.Id)}, input: {Number(s.Input)})";
            writer.Line($"CudaSpace {names.Space(s.Id)} = {names.Run}.{space};");
        }
        for (int i = 0; i < plan.Inputs.Count; i++)
        {
            if (plan.Inputs[i].Kind == InputKind.Tokens) continue;
            writer.Line($"CudaIntegers {names.Integers(i, types: false)} = {names.Run}.Ids({Number(i)});");
            if (plan.Inputs[i].Kind == InputKind.TokenIds)
                writer.Line($"CudaIntegers {names.Integers(i, types: true)} = {names.Run}.Types({Number(i)});");
        }
    }

    private void WriteView(PlanBuffer b) => writer.Line(
        $"CudaView {names.Buffer(b.Id)} = {names.Run}.Slot({Number(b.Slot)}, {names.Space(b.RowSpace)}, {names.Size(b.Columns)});");

    private void Write(IEnumerable<Step> steps, IReadOnlyList<string> loops)
    {
        foreach (Step step in steps)
        {
            switch (step)
            {
                case Step.Run r:
                    CudaKernel kernel = kernels.Add(r.Kernel);
                    writer.Line("// " + kernel.Expression).Line(kernel.Launch);
                    break;
                case Step.Loop l:
                    string index = names.Index(l.Index);
                    writer.Open($"for (int {index} = {names.Scalar(l.Start)}; {index} < {names.Scalar(l.End)}; {index}++)");
                    List<string> inner = [.. loops, l.Index];
                    foreach (PlanBuffer b in plan.Buffers.Where(b => b.Columns.LoopIndices.Contains(l.Index)))
                    {
                        // Widths of outer loops' indices too: in the innermost of them.
                        if (b.Columns.LoopIndices.All(inner.Contains)) WriteView(b);
                    }
                    Write(l.Body, inner);
                    writer.Close();
                    break;
                case Step.Branch b:
                    writer.Open($"if ({names.Scalar(b.Condition)})");
                    Write(b.Then, loops);
                    writer.Close();
                    if (b.Else.Count == 0) break;
                    writer.Open("else");
                    Write(b.Else, loops);
                    writer.Close();
                    break;
                default:
                    throw new NotSupportedException(step.GetType().Name);
            }
        }
    }

    private static string Number(int value) => CudaText.Integer(value);
}
