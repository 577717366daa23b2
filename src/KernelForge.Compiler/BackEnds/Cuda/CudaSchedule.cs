using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// The method that gives the plan's kernels to the device: row spaces, memory, then kernels, loops and branches as the plan has them. It
/// runs without a device when the program is made, and again whenever a graph is recorded.
/// </summary>
internal sealed class CudaSchedule(KernelPlan plan, ProgramNames names, CudaKernels kernels, CodeWriter writer)
    : ProgramSchedule(plan, names, writer)
{
    public void Write()
    {
        Writer.Line("/// <inheritdoc/>");
        Writer.Open($"protected override void Schedule(CudaRun {Names.Run})");
        WriteInputs();
        Writer.Line();
        WriteViews();
        Writer.Line();
        for (int i = 0; i < Plan.Inputs.Count; i++)
        {
            if (Plan.Inputs[i].Kind == InputKind.Tokens)
                Writer.Line($"{Names.Run}.CopyIn({Number(i)}, {Names.Buffer(Plan.Inputs[i].Buffer)});");
        }
        WriteSteps();
        for (int i = 0; i < Plan.Outputs.Count; i++)
            Writer.Line($"{Names.Run}.CopyOut({Number(i)}, {Names.Buffer(Plan.Outputs[i].Buffer)});");
        Writer.Close().Line();
    }

    private void WriteInputs()
    {
        if (Plan.GoesOn is { } on) Writer.Line($"{Names.Run}.GoesOn(input: {Number(Plan.RowSpaces[on].Input)});");
        foreach (RowSpace s in Spaces)
        {
            if (s.Lengths is not null)
            {
                WriteRows(s);
                continue;
            }
            string space = s.SequencesOf is { } parent ? $"SequencesOf({Number(s.Id)}, {Names.Space(parent)})"
                : s.TableRows is { } rows ? $"TableSpace({Number(s.Id)}, {Names.Size(rows)})"
                : $"Space({Number(s.Id)}, input: {Number(s.Input)})";
            Writer.Line($"CudaSpace {Names.Space(s.Id)} = {Names.Run}.{space};");
        }
        for (int i = 0; i < Plan.Inputs.Count; i++)
        {
            if (Plan.Inputs[i].Kind == InputKind.Tokens) continue;
            Writer.Line($"CudaIntegers {Names.Integers(i, types: false)} = {Names.Run}.Ids({Number(i)});");
            if (Plan.Inputs[i].Kind == InputKind.TokenIds)
                Writer.Line($"CudaIntegers {Names.Integers(i, types: true)} = {Names.Run}.Types({Number(i)});");
        }
        foreach (PlanIntegers i in Plan.HostIntegers.Where(i => !i.IsLocal)) WriteIntegers(i);
    }

    protected override void WriteRows(RowSpace space) => Writer.Line(
        $"CudaSpace {Names.Space(space.Id)} = {Names.Run}.SpaceOfLengths({Number(space.Id)}, input: {Number(space.Input)}{CudaGiven.Of(Plan, space).Arguments(Names)});");

    protected override void WriteIntegers(PlanIntegers integers)
    {
        string given = CudaGiven.Of(Plan, integers).Arguments(Names);
        Writer.Line(
            $"CudaIntegers {Names.HostIntegers(integers.Id)} = {Names.Run}.HostIntegers({Number(integers.Id)}, {Names.Space(integers.RowSpace)}{given});");
    }

    protected override void WriteChosen(int space) => Writer.Line($"CudaSpace {Names.Space(space)};");

    protected override void WriteChoice(int space, int from, bool declares = false) =>
        Writer.Line($"{(declares ? "CudaSpace " : "")}{Names.Space(space)} = {Names.Space(from)};");

    protected override void WriteView(PlanBuffer b) => Writer.Line(
        $"CudaView {Names.Buffer(b.Id)} = {Names.Run}.Slot({Number(b.Slot)}, {Names.Space(b.RowSpace)}, {Names.Size(b.Columns)}"
        + (b.HoldsWholeNumbers ? ", inFloats: true);" : ");"));

    protected override void WriteKernel(Kernel kernel)
    {
        foreach (CudaKernel written in kernels.Add(kernel)) Writer.Line("// " + written.Expression).Line(written.Launch);
    }
}
