using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>The method that runs the plan: row spaces and inputs, memory, then the kernels, loops and branches as the plan has them.</summary>
internal sealed class CpuSchedule(KernelPlan plan, ProgramNames names, CpuKernels kernels, CodeWriter writer)
    : ProgramSchedule(plan, names, writer)
{
    public void Write()
    {
        Writer.Line("/// <inheritdoc/>");
        string given = $"CpuWorkspace {Names.Workspace}, ReadOnlySpan<RunInput> {Names.Inputs}, ReadOnlySpan<RunOutput> {Names.Outputs}";
        Writer.Open($"protected override void Run({given})");
        WriteInputs();
        WriteSpaces();
        Writer.Line();
        WriteMemory();
        Writer.Line();
        foreach (PlanInput input in Plan.Inputs.Where(i => i.Kind == InputKind.Tokens))
            Writer.Line($"{Names.Buffer(input.Buffer)}.CopyFrom({Input(input)}.Values);");
        WriteSteps();
        for (int i = 0; i < Plan.Outputs.Count; i++)
            Writer.Line($"{Names.Buffer(Plan.Outputs[i].Buffer)}.CopyTo({Names.Outputs}[{Number(i)}].Values);");
        Writer.Close();
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
        int number = 0;
        for (int i = 0; i < Plan.Inputs.Count; i++)
        {
            if (Plan.Inputs[i].Kind == InputKind.Tokens) continue;
            Copy(i, types: false, "Ids");
            if (Plan.Inputs[i].Kind == InputKind.TokenIds) Copy(i, types: true, "Types");
        }

        void Copy(int input, bool types, string member) => Writer.Line(
            $"int[] {Names.Integers(input, types)} = {Names.Workspace}.Integers({Number(number++)}, {Names.Inputs}[{Number(input)}].{member});");
    }

    private void WriteSpaces()
    {
        var host = new HostIntegers(Plan, Names.Scalar, Names.Integers, space => $"{Names.Space(space)}.Length({Sequence})");
        var past = new HostIntegers(Plan, Names.Scalar, Names.Integers, space => $"{Names.Space(space)}.Base({Sequence})");
        foreach (RowSpace s in Spaces)
        {
            string name = Names.Space(s.Id), number = Number(s.Id);
            string space = s.SequencesOf is { } parent ? $"SequencesOf({number}, {Names.Space(parent)})"
                : s.TableRows is { } rows ? $"Table({number}, {Names.Size(rows)})"
                : s.Lengths is null ? $"Space({number}, {Names.Inputs}[{Number(s.Input)}].Offsets)"
                : $"Begin({number}, {Names.Inputs}[{Number(s.Input)}].SequenceCount)";
            Writer.Line($"RaggedRows {name} = {Names.Workspace}.{space};");
            if (s.Lengths is null) continue;
            Writer.Line($"for (int {Sequence} = 0; {Sequence} < {name}.SequenceCount; {Sequence}++)");
            string words = CSharpText.Literal(HostIntegers.Words(Plan, s.Lengths));
            string length = $"RunCheck.Length({host.Length(s, Sequence)}, {Sequence}, {CSharpText.Literal(Plan.Name)}, {words})";
            if (Plan.GoesOn is not null)
            {
                // A sequence that begins has no rows, whatever the arithmetic makes of none.
                string before = Names.Space(Plan.Inputs[s.Input].RowSpace) + $".Base({Sequence})";
                length += $", {before} == 0 ? 0 : {past.Length(s, Sequence)}";
            }
            Writer.Line(LongLine.Broken($"    {name}.SetLength({Sequence}, {length});"));
            Writer.Line($"{name}.End();");
        }
        foreach (PlanIntegers integers in Plan.HostIntegers) WriteIntegers(host, integers);
    }

    private void WriteIntegers(HostIntegers host, PlanIntegers integers)
    {
        string name = Names.HostIntegers(integers.Id), space = Names.Space(integers.RowSpace);
        Writer.Line($"int[] {name} = {Names.Workspace}.Computed({Number(integers.Id)}, {space}.Count);");
        Writer.Open($"for (int {Row} = 0; {Row} < {space}.Count; {Row}++)");
        Writer.Line($"int {Sequence} = {space}.SequenceOf({Row});");
        string value = host.Value(integers, Row, Sequence, $"{space}.PositionOf({Row})");
        Writer.Line(LongLine.Broken($"{name}[{Row}] = {value};"));
        Writer.Close();
        foreach (TableLookup lookup in TableLookup.Of(Plan).Where(l => l.Source is RowInteger.Host h && h.Number == integers.Id))
        {
            string words = CSharpText.Literal(HostIntegers.Words(Plan, integers.Value)), path = CSharpText.Literal(lookup.Table.Path.ToString());
            Writer.Line(LongLine.Broken(
                $"RunCheck.Indices({space}.Offsets, {name}.AsSpan(0, {space}.Count), {Names.Scalar(lookup.Factor)}, {Names.Scalar(lookup.Offset)}, "
                + $"{Names.Size(lookup.Count)}, {words}, {path});"));
        }
    }

    private string Sequence => Names.Sequence;

    private string Row => Names.Row;

    /// <summary>Room for every buffer first, then views: growing a slot would lose what another buffer already put there.</summary>
    private void WriteMemory()
    {
        // Buffers of the same width may share a slot.
        foreach (PlanBuffer b in Plan.Buffers.GroupBy(b => (b.Slot, b.RowSpace, b.Columns)).Select(g => g.First()))
        {
            // A width that differs from layer to layer: room for the widest.
            string[] indices = [.. b.Columns.LoopIndices];
            foreach (string index in indices) OpenLoop(Step.Loops(Plan.Steps).First(l => l.Index == index));
            Writer.Line($"{Names.Workspace}.Slot({Number(b.Slot)}).Reserve({Names.Space(b.RowSpace)}.Count, {Names.Size(b.Columns)});");
            foreach (string _ in indices) Writer.Close();
        }
        WriteViews();
    }

    protected override void WriteView(PlanBuffer b)
    {
        string shape = $"{Names.Space(b.RowSpace)}.Count, {Names.Size(b.Columns)}";
        Writer.Line($"Rows<TVector> {Names.Buffer(b.Id)} = {Names.Workspace}.Slot({Number(b.Slot)}).View<TVector>({shape});");
    }

    protected override void WriteKernel(Kernel kernel)
    {
        Writer.Line("// " + kernel.Summary);
        foreach (string call in kernels.Calls(kernel)) Writer.Line(call);
    }

    private string Input(PlanInput input) => $"{Names.Inputs}[{Number(Array.IndexOf([.. Plan.Inputs], input))}]";
}
