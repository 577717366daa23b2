using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>The method that runs the plan: row spaces and inputs, memory, then the kernels, loops and branches as the plan has them.</summary>
/// <remarks>
/// Where a loop changes rows or widths, its passes run twice: first without kernels, for the room that each buffer needs at most.
/// </remarks>
internal sealed class CpuSchedule(KernelPlan plan, ProgramNames names, CpuKernels kernels, CodeWriter writer)
    : ProgramSchedule(plan, names, writer)
{
    /// <summary>Whether buffers get room, and no kernel runs.</summary>
    private bool reserving;

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
        foreach (RowSpace s in Spaces)
        {
            if (s.Lengths is not null)
            {
                Declare(s);
                WriteRows(s);
                continue;
            }
            string number = Number(s.Id);
            string space = s.SequencesOf is { } parent ? $"SequencesOf({number}, {Names.Space(parent)})"
                : s.TableRows is { } rows ? $"Table({number}, {Names.Size(rows)})"
                : $"Space({number}, {Names.Inputs}[{Number(s.Input)}].Offsets)";
            Writer.Line($"RaggedRows {Names.Space(s.Id)} = {Names.Workspace}.{space};");
        }
        foreach (RowSpace s in Plan.RowSpaces.Where(s => s.IsLocal)) Declare(s);
        foreach (PlanIntegers integers in Plan.HostIntegers.Where(i => !i.IsLocal)) WriteIntegers(integers);

        void Declare(RowSpace s) => Writer.Line($"RaggedRows {Names.Space(s.Id)} = {Names.Workspace}.Space({Number(s.Id)});");
    }

    private HostIntegers Host => new(Plan, Names.Scalar, Names.Integers, space => $"{Names.Space(space)}.Length({Sequence})");

    private HostIntegers Past => new(Plan, Names.Scalar, Names.Integers, space => $"{Names.Space(space)}.Base({Sequence})");

    protected override void WriteRows(RowSpace space)
    {
        string name = Names.Space(space.Id);
        Writer.Line($"{name}.Begin({Names.Inputs}[{Number(space.Input)}].SequenceCount);");
        Writer.Line($"for (int {Sequence} = 0; {Sequence} < {name}.SequenceCount; {Sequence}++)");
        string words = CSharpText.Literal(HostIntegers.Words(Plan, space.Lengths!));
        string length = $"RunCheck.Length({Host.Length(space, Sequence)}, {Sequence}, {CSharpText.Literal(Plan.Name)}, {words})";
        if (Plan.GoesOn is not null)
        {
            // A sequence that begins has no rows, whatever the arithmetic makes of none.
            string before = Names.Space(Plan.Inputs[space.Input].RowSpace) + $".Base({Sequence})";
            length += $", {before} == 0 ? 0 : {Past.Length(space, Sequence)}";
        }
        Writer.Line(LongLine.Broken($"    {name}.SetLength({Sequence}, {length});"));
        Writer.Line($"{name}.End();");
    }

    protected override void WriteChosen(int space)
    {
    }

    protected override void WriteChoice(int space, int from, bool declares = false) => Writer.Line($"{Names.Space(space)}.Take({Names.Space(from)});");

    protected override void WriteIntegers(PlanIntegers integers)
    {
        string name = Names.HostIntegers(integers.Id), space = Names.Space(integers.RowSpace);
        Writer.Line($"int[] {name} = {Names.Workspace}.Computed({Number(integers.Id)}, {space}.Count);");
        Writer.Open($"for (int {Row} = 0; {Row} < {space}.Count; {Row}++)");
        Writer.Line($"int {Sequence} = {space}.SequenceOf({Row});");
        string value = Host.Value(integers, Row, Sequence, $"{space}.PositionOf({Row})");
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
        reserving = true;
        // Buffers of the same width may share a slot.
        foreach (PlanBuffer b in Buffers.GroupBy(b => (b.Slot, b.RowSpace, b.Columns)).Select(g => g.First())) WriteView(b);
        WriteSteps();
        reserving = false;
        WriteViews();
    }

    protected override bool IsWritten(Step step) => !reserving || (step is not (Step.Run or Step.Integers) && ShapesAnything([step]));

    protected override void WriteView(PlanBuffer b)
    {
        string shape = $"{Names.Space(b.RowSpace)}.Count, {Names.Size(b.Columns)}";
        if (reserving) Writer.Line($"{Names.Workspace}.Slot({Number(b.Slot)}).Reserve({shape});");
        else Writer.Line($"Rows<TVector> {Names.Buffer(b.Id)} = {Names.Workspace}.Slot({Number(b.Slot)}).View<TVector>({shape});");
    }

    protected override void WriteKernel(Kernel kernel)
    {
        Writer.Line("// " + kernel.Summary);
        foreach (string call in kernels.Calls(kernel)) Writer.Line(call);
    }

    private string Input(PlanInput input) => $"{Names.Inputs}[{Number(Array.IndexOf([.. Plan.Inputs], input))}]";
}
