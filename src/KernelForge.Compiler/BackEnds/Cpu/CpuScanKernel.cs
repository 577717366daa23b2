using System.Globalization;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
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
    private readonly CpuRanges ranges;
    private readonly List<(Expression Value, string Name)> kept = [];
    private readonly string output, states;
    private readonly CpuKeptRows keptRows;

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
        ranges = new CpuRanges(kernel.Output.Columns, kernel.States, kernel.Step, kernel.Value);
        keptRows = new CpuKeptRows(plan, names, kernel.Operands);
        output = arguments.View(kernel.Output, plan.Buffers[kernel.Output.Buffer].Name);
        states = arguments.Size(kernel.States);
    }

    /// <summary>Writes the struct; returns the statements that run it.</summary>
    /// <param name="memory">Takes what the memory of the states depends on, by the kernel's name.</param>
    public static IEnumerable<string> Write(
        KernelPlan plan, ProgramNames names, ProgramParameters parameters, ScanKernel kernel, CodeWriter structs, Dictionary<string, string> memory)
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
        structs.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]").Open("public void Run(int sequence, int first, int end, ScanStates<TVector> memory)");
        structs.Line($"int begin = {space}.FirstRow(sequence), count = {space}.RowCount(sequence);");
        structs.Open("for (int turn = 0; turn < count; turn++)");
        structs.Line($"int row = {(kernel.Backwards ? "begin + count - 1 - turn" : "begin + turn")};");
        if (!writer.ofRow.IsEmpty) structs.Line(writer.ofRow.Text);
        structs.Line(features.ToString().TrimEnd('\n')).Close().Close().Close();
        string kept = kernel.IsKept ? $", {names.Workspace}.KeptStates()" : "";
        memory[kernel.Name] = $"{names.Size(kernel.Output.Columns)}, {writer.Memory(names)}, stretches: {(stretches ? "true" : "false")}";
        string method = $"Run<TVector, {name}>", attention = "";
        if (kernel.Attention is { } form)
        {
            attention = ",\n    " + CpuLinearAttention.Write(plan, names, parameters, kernel, form, structs, out string rows);
            method = $"RunInChunks<TVector, {name}, {rows}>";
        }
        string run = $"Scans.{method}({names.Workspace}.Pool, {names.Space(kernel.Rows)}, {memory[kernel.Name]},\n"
            + $"    new {name}({writer.arguments.Values}){attention}{kept});";
        return writer.keptRows.Statements.Append(run);
    }

    private CodeWriter LanesOfFeatures(CpuLanes lanes, out bool stretches)
    {
        stretches = lanes.Breaks.Count > 0;
        var code = new CpuLaneCode(plan, arguments, kernel.Operands, rows, lanes, ranges, keptRows, NameOfKept);
        FindKept(lanes);
        string[] names = [.. kept.Select(_ => arguments.Local("kept"))];
        for (int i = 0; i < names.Length; i++) WriteKept(code, i, names[i]);
        CodeWriter body = Turn(
            code, CpuLaneCode.Vector, "n++", $"{First} ? TVector.Zero : memory.Load({Place(0)})", $"memory.Store({Place(0)}, h);");
        body.Line($"{output}.Store(row, f, end, total);");
        var all = new CodeWriter().Line("int place = 0;");
        CpuStretches.Write(
            all, lanes, code, ofStretch, ofFeature, body.ToString().TrimEnd('\n'), $"f += TVector.Count, place += {states} * {Slots} * TVector.Count");
        return all;
    }

    /// <summary>What takes computing and is the same in every row: computed in the first, and kept beside the state.</summary>
    private void FindKept(CpuLanes lanes)
    {
        foreach (Expression lambda in (Expression[])[kernel.Step, kernel.Value])
        {
            lambda.Replace(e =>
            {
                bool keeps = e.Kind == ValueKind.Real && e is not Expression.Fold && lanes.Varies(e) && e.All().Any(x => x is Expression.Call)
                    && e.All().Any(x => x is Expression.StateIndex) && e.All().All(IsOfEveryRow);
                if (keeps && !kept.Exists(k => k.Value.Equals(e))) kept.Add((e, ""));
                return keeps ? e : null;
            });
        }
    }

    private void WriteKept(CpuLaneCode code, int i, string name)
    {
        var first = new CodeBlock(ofState, isConditional: true);
        string value = code.Print(kept[i].Value, first, CpuLaneCode.Vector);
        kept[i] = (kept[i].Value, name);
        ofState.Writer.Line($"TVector {name};").Line($"if (turn != 0) {name} = memory.Load({Place(i + 1)});").Open("else");
        if (!first.IsEmpty) ofState.Writer.Line(first.Text);
        ofState.Writer.Line($"{name} = {value};").Line($"memory.Store({Place(i + 1)}, {name});").Close();
    }

    private string? NameOfKept(Expression e) => kept.Find(k => k.Value.Equals(e)) is { Name.Length: > 0 } known ? known.Name : null;

    /// <summary>Whether the states hold nothing yet.</summary>
    private string First => kernel.IsKept ? "turn == 0 && !memory.Continues" : "turn == 0";

    private string Slots => (kept.Count + 1).ToString(CultureInfo.InvariantCulture);

    private string Place(int slot) => kept.Count == 0
        ? "place + n * TVector.Count"
        : $"place + (n * {Slots}{(slot == 0 ? "" : " + " + slot.ToString(CultureInfo.InvariantCulture))}) * TVector.Count";

    private static bool IsOfEveryRow(Expression e) => e is not (Expression.RowPosition or Expression.StateValue or Expression.TokenElement
        or Expression.IntegerElement or Expression.Length or Expression.Fold or Expression.Index);

    /// <summary>The vectors, or numbers, that a feature keeps.</summary>
    private string Memory(ProgramNames names)
    {
        string size = names.Size(kernel.States);
        return kept.Count == 0 ? size : (size.Contains(' ') ? "(" + size + ")" : size) + " * " + Slots;
    }

    private CodeWriter LanesOfStates(CpuLanes lanes)
    {
        var code = new CpuLaneCode(plan, arguments, kernel.Operands, rows, lanes, ranges, keptRows);
        CodeWriter body = Turn(
            code, CpuLaneCode.Vector, "n += TVector.Count", $"{First} ? TVector.Zero : memory.Load(place + n)", "memory.Store(place + n, h);",
            someLanes: true);
        return EachFeature(body.Line($"{output}[row, f] = TVector.Sum(total);"));
    }

    private CodeWriter OneByOne()
    {
        var code = new CpuElementCode(plan, arguments, kernel.Operands, rows, ranges, keptRows);
        CodeWriter body = Turn(code, "float", "n++", $"{First} ? 0 : memory[place + n]", "memory[place + n] = h;");
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
