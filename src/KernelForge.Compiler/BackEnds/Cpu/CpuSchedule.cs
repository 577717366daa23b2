using System.Globalization;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>The method that runs the plan: row spaces and inputs, memory, then the kernels, loops and branches as the plan has them.</summary>
internal sealed class CpuSchedule(KernelPlan plan, ProgramNames names, CpuKernels kernels, CodeWriter writer)
{
    public void Write()
    {
        writer.Line("/// <inheritdoc/>");
        string given = $"CpuWorkspace {names.Workspace}, ReadOnlySpan<RunInput> {names.Inputs}, ReadOnlySpan<RunOutput> {names.Outputs}";
        writer.Open($"protected override void Run({given})");
        WriteInputs();
        writer.Line();
        WriteMemory();
        writer.Line();
        foreach (PlanInput input in plan.Inputs.Where(i => i.Kind == InputKind.Tokens))
            writer.Line($"{names.Buffer(input.Buffer)}.CopyFrom({Input(input)}.Values);");
        Write(plan.Steps, []);
        for (int i = 0; i < plan.Outputs.Count; i++)
            writer.Line($"{names.Buffer(plan.Outputs[i].Buffer)}.CopyTo({names.Outputs}[{Number(i)}].Values);");
        writer.Close();
    }

    /// <summary>How many rows of integers the inputs bring.</summary>
    public static int Integers(KernelPlan plan) => plan.Inputs.Sum(i => i.Kind switch
    {
        InputKind.TokenIds => 2,
        InputKind.Integers => 1,
        _ => 0,
    });

    private void WriteInputs()
    {
        // A space of sequences needs the space that it counts.
        foreach (RowSpace s in plan.RowSpaces.OrderBy(s => s.SequencesOf is not null))
        {
            string space = s.SequencesOf is { } parent
                ? $"SequencesOf({Number(s.Id)}, {names.Space(parent)})"
                : $"Space({Number(s.Id)}, {names.Inputs}[{Number(s.Input)}].Offsets)";
            writer.Line($"RaggedRows {names.Space(s.Id)} = {names.Workspace}.{space};");
        }
        int number = 0;
        for (int i = 0; i < plan.Inputs.Count; i++)
        {
            if (plan.Inputs[i].Kind == InputKind.Tokens) continue;
            Copy(i, types: false, "Ids");
            if (plan.Inputs[i].Kind == InputKind.TokenIds) Copy(i, types: true, "Types");
        }

        void Copy(int input, bool types, string member) => writer.Line(
            $"int[] {names.Integers(input, types)} = {names.Workspace}.Integers({Number(number++)}, {names.Inputs}[{Number(input)}].{member});");
    }

    /// <summary>Room for every buffer first, then views: growing a slot would lose what another buffer already put there.</summary>
    private void WriteMemory()
    {
        // Buffers of the same width may share a slot.
        foreach (PlanBuffer b in plan.Buffers.GroupBy(b => (b.Slot, b.RowSpace, b.Columns)).Select(g => g.First()))
        {
            // A width that differs from layer to layer: room for the widest.
            string[] indices = [.. b.Columns.LoopIndices];
            foreach (string index in indices)
            {
                Step.Loop loop = Step.Loops(plan.Steps).First(l => l.Index == index);
                string name = names.Index(index);
                writer.Open($"for (int {name} = {names.Scalar(loop.Start)}; {name} < {names.Scalar(loop.End)}; {name}++)");
            }
            writer.Line($"{names.Workspace}.Slot({Number(b.Slot)}).Reserve({names.Space(b.RowSpace)}.Count, {names.Size(b.Columns)});");
            foreach (string _ in indices) writer.Close();
        }
        foreach (PlanBuffer b in plan.Buffers.Where(b => !b.Columns.LoopIndices.Any())) WriteView(b);
    }

    private void WriteView(PlanBuffer b)
    {
        string shape = $"{names.Space(b.RowSpace)}.Count, {names.Size(b.Columns)}";
        writer.Line($"Rows<TVector> {names.Buffer(b.Id)} = {names.Workspace}.Slot({Number(b.Slot)}).View<TVector>({shape});");
    }

    private void Write(IEnumerable<Step> steps, IReadOnlyList<string> loops)
    {
        foreach (Step step in steps)
        {
            switch (step)
            {
                case Step.Run r:
                    writer.Line("// " + r.Kernel.Summary);
                    foreach (string call in kernels.Calls(r.Kernel)) writer.Line(call);
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

    private string Input(PlanInput input) => $"{names.Inputs}[{Number(Array.IndexOf([.. plan.Inputs], input))}]";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
