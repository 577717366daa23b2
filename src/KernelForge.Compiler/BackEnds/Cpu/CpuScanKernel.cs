using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>
/// A scan as a struct that takes some features through a sequence, row by row: a vector of features at a time where its lambdas allow that, or a vector
/// of states, or one state after another.
/// </summary>
internal sealed class CpuScanKernel
{
    private readonly ScanKernel kernel;
    private readonly CpuArguments arguments;
    private readonly KernelPlan plan;
    private readonly CodeBlock ofRow = new();
    private readonly CodeBlock ofStretch, ofFeature, ofState, ofStep, ofValue;
    private readonly CpuRowNames rows;
    private readonly string output, states;

    private CpuScanKernel(KernelPlan plan, ProgramNames names, ProgramParameters parameters, ScanKernel kernel)
    {
        (this.plan, this.kernel) = (plan, kernel);
        arguments = new CpuArguments(names, parameters);
        arguments.Local("sequence");
        ofStretch = new CodeBlock(brings: e => e is Expression.Feature);
        ofFeature = new CodeBlock(ofRow, e => e is Expression.Feature);
        ofState = new CodeBlock(ofFeature, e => e is Expression.StateIndex);
        // The step knows the state before the row, the value that after it: nothing of the one may be taken for the other's.
        ofStep = new CodeBlock(ofState, e => e is Expression.StateValue);
        ofValue = new CodeBlock(ofState, e => e is Expression.StateValue);
        rows = new CpuRowNames(plan, arguments, ofRow, _ => kernel.Rows, "sequence");
        output = arguments.View(kernel.Output, plan.Buffers[kernel.Output.Buffer].Name);
        states = arguments.Size(kernel.States);
    }

    /// <summary>Writes the struct; returns the statement that runs it.</summary>
    public static string Write(KernelPlan plan, ProgramNames names, ProgramParameters parameters, ScanKernel kernel, CodeWriter structs)
    {
        var writer = new CpuScanKernel(plan, names, parameters, kernel);
        bool stretches = false;
        CodeWriter features = CpuLanes.OfFeatures(kernel) is { } lanes ? writer.LanesOfFeatures(lanes, out stretches)
            : CpuLanes.OfStates(kernel) is { } ofStates ? writer.LanesOfStates(ofStates)
            : writer.OneByOne();

        string name = names.Unique(ProgramNames.Pascal(kernel.Name)), space = writer.arguments.Space(kernel.Rows);
        structs.Line();
        structs.Line($"/// <summary>Features of <c>{kernel.Name}</c> through a sequence.</summary>");
        structs.Open(LongLine.Broken($"private readonly struct {name}({writer.arguments.Declaration}) : IScanKernel<TVector>"));
        structs.Open("public void Run(int sequence, int first, int end, ScanStates<TVector> memory)");
        structs.Line($"int begin = {space}.Start(sequence), count = {space}.Length(sequence);");
        structs.Open("for (int turn = 0; turn < count; turn++)");
        structs.Line($"int row = {(kernel.Backwards ? "begin + count - 1 - turn" : "begin + turn")};");
        if (!writer.ofRow.IsEmpty) structs.Line(writer.ofRow.Text);
        structs.Line(features.ToString().TrimEnd('\n')).Close().Close().Close();
        return $"Scans.Run<TVector, {name}>(Pool, {names.Space(kernel.Rows)}, {names.Size(kernel.Output.Columns)}, {names.Size(kernel.States)}, "
            + $"stretches: {(stretches ? "true" : "false")},\n    new {name}({writer.arguments.Values}));";
    }

    private CodeWriter LanesOfFeatures(CpuLanes lanes, out bool stretches)
    {
        stretches = lanes.Breaks.Count > 0;
        var code = new CpuLaneCode(plan, arguments, kernel.Operands, rows, lanes, kernel.Output.Columns);
        CodeWriter body = Turn(
            code, CpuLaneCode.Vector, "n++", "turn == 0 ? TVector.Zero : memory.Load(place + n * TVector.Count)",
            "memory.Store(place + n * TVector.Count, h);");
        body.Line($"{output}.Store(row, f, end, total);");
        var all = new CodeWriter().Line("int place = 0;");
        CpuStretches.Write(
            all, lanes, code, ofStretch, ofFeature, body.ToString().TrimEnd('\n'), $"f += TVector.Count, place += {states} * TVector.Count");
        return all;
    }

    private CodeWriter LanesOfStates(CpuLanes lanes)
    {
        var code = new CpuLaneCode(plan, arguments, kernel.Operands, rows, lanes, Size.Zero);
        CodeWriter body = Turn(
            code, CpuLaneCode.Vector, "n += TVector.Count", "turn == 0 ? TVector.Zero : memory.Load(place + n)", "memory.Store(place + n, h);",
            someLanes: true);
        return EachFeature(body.Line($"{output}[row, f] = TVector.Sum(total);"));
    }

    private CodeWriter OneByOne()
    {
        var code = new CpuElementCode(plan, arguments, kernel.Operands, rows);
        CodeWriter body = Turn(code, "float", "n++", "turn == 0 ? 0 : memory[place + n]", "memory[place + n] = h;");
        return EachFeature(body.Line($"{output}[row, f] = total;"));
    }

    private CodeWriter EachFeature(CodeWriter body)
    {
        CodeWriter all = new CodeWriter().Open("for (int f = first; f < end; f++)");
        all.Line("int place = (f - first) * memory.Stride;");
        if (!ofFeature.IsEmpty) all.Line(ofFeature.Text);
        return all.Line(body.ToString().TrimEnd('\n')).Close();
    }

    /// <summary>All states of a feature through one row.</summary>
    /// <param name="someLanes">Whether lanes beyond the last state are to be left out of the sum.</param>
    private CodeWriter Turn(CpuElementCode code, string type, string next, string load, string store, bool someLanes = false)
    {
        string step = code.Print(kernel.Step, ofStep, type), value = code.Print(kernel.Value, ofValue, type);
        CodeWriter body = new CodeWriter().Line($"{type} total = {(type == "float" ? "0" : "TVector.Zero")};");
        body.Open($"for (int n = 0; n < {states}; {next})");
        if (!ofState.IsEmpty) body.Line(ofState.Text);
        body.Line($"{type} h = {load};");
        if (!ofStep.IsEmpty) body.Line(ofStep.Text);
        body.Line($"h = {step};");
        if (!ofValue.IsEmpty) body.Line(ofValue.Text);
        body.Line($"total += {(someLanes ? $"TVector.First({states} - n, {value})" : value)};");
        return body.Line(store).Close();
    }
}
