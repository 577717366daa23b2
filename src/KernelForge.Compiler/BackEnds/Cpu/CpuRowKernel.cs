using System.Globalization;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>
/// A row kernel as a struct: sweeps over the columns of one row. Phases of the same width that need nothing of each other's ends share a
/// sweep; a row that a later sweep needs is kept in a local row.
/// </summary>
internal sealed class CpuRowKernel
{
    private readonly ProgramNames names;
    private readonly RowKernel kernel;
    private readonly CpuArguments arguments;
    private readonly CpuOperands operands;
    private readonly KernelPlan plan;
    private readonly CodeWriter body = new();
    private readonly List<(Expression Value, string Name)> hoisted = [];

    private readonly RowSweeps sweeps;

    /// <summary>For each phase: its row among the locals, or -1.</summary>
    private readonly int[] localRows;

    /// <summary>For each phase: the variable that holds its vector (in its own sweep) or what it was reduced to.</summary>
    private readonly string?[] variables;

    private CpuRowKernel(KernelPlan plan, ProgramNames names, ProgramParameters parameters, RowKernel kernel)
    {
        (this.plan, this.names, this.kernel) = (plan, names, kernel);
        arguments = new CpuArguments(names, parameters);
        operands = new CpuOperands(plan, arguments, kernel.Rows, kernel.Operands);
        localRows = [.. kernel.Phases.Select(_ => -1)];
        variables = new string?[kernel.Phases.Count];
        sweeps = new RowSweeps(kernel);
        KeepRows();
    }

    /// <summary>Writes the struct; returns the statement that runs it.</summary>
    public static string Write(KernelPlan plan, ProgramNames names, ProgramParameters parameters, RowKernel kernel, CodeWriter structs)
    {
        var writer = new CpuRowKernel(plan, names, parameters, kernel);
        foreach ((int first, int end) in writer.sweeps.All) writer.Sweep(first, end);

        string name = names.Unique(ProgramNames.Pascal(kernel.Name));
        structs.Line();
        structs.Line($"/// <summary>A row of <c>{kernel.Name}</c>.</summary>");
        structs.Open(LongLine.Broken($"private readonly struct {name}({writer.arguments.Declaration}) : IRowKernel<TVector>"));
        structs.Line(CpuKernels.Inlined).Open("public void Run(int row, Rows<TVector> locals)");
        foreach (string line in writer.operands.Preamble) structs.Line(line);
        structs.Line(writer.body.ToString().TrimEnd('\n'));
        structs.Close().Close();
        return writer.Call(name);
    }

    private string Call(string name)
    {
        // In long: a row's sweeps together may visit more elements than an int counts.
        string elements = string.Join(" + ", sweeps.All.GroupBy(s => names.Size(kernel.Phases[s.First].Columns)).Select(g =>
            $"{g.Count().ToString(CultureInfo.InvariantCulture)}L * {(g.Key.Contains(' ') ? "(" + g.Key + ")" : g.Key)}"));
        string[] widths = [.. Kept().Select(p => names.Size(sweeps.WidthOf(p))).Distinct()];
        string widest = widths.Length == 0 ? "0" : widths.Aggregate((a, b) => $"Math.Max({a}, {b})");
        string locals = Kept().Count().ToString(CultureInfo.InvariantCulture);
        return "RowKernels.Run<TVector, " + name + ">(\n"
            + $"    {names.Workspace}.Pool, {names.Space(kernel.Rows)}.Count, elements: {elements}, localRows: {locals}, localColumns: {widest},\n"
            + $"    new {name}({arguments.Values}));";
    }

    /// <summary>The phases that keep a local row.</summary>
    private IEnumerable<int> Kept() => Enumerable.Range(0, localRows.Length).Where(p => localRows[p] >= 0);

    private void KeepRows()
    {
        int rows = 0;
        for (int p = 0; p < kernel.Phases.Count; p++)
        {
            bool makesRow = kernel.Phases[p] is RowPhase.Compute || RowSweeps.IsGrouped(kernel.Phases[p]);
            if (makesRow && sweeps.IsReadLater(p)) localRows[p] = rows++;
        }
    }

    private void Sweep(int first, int end)
    {
        if (RowSweeps.IsGrouped(kernel.Phases[first]))
        {
            GroupedReduction(first, (RowPhase.Reduce)kernel.Phases[first]);
            return;
        }
        string columns = arguments.Size(kernel.Phases[first].Columns);
        for (int p = first; p < end; p++) Hoist(kernel.Phases[p].Value);
        string?[] sums = new string?[end - first];
        for (int p = first; p < end; p++)
        {
            if (kernel.Phases[p] is not RowPhase.Reduce r) continue;
            sums[p - first] = arguments.Local(r.Reduction == Reduction.Max ? "largest" : "sum");
            body.Line($"TVector {sums[p - first]} = {Start(r.Reduction)};");
        }
        body.Open($"for (int column = 0; column < {columns}; column += TVector.Count)");
        for (int p = first; p < end; p++) Step(p, first, sums[p - first], columns);
        body.Close();
        for (int p = first; p < end; p++)
        {
            if (kernel.Phases[p] is not RowPhase.Reduce r) continue;
            variables[p] = arguments.Local(ProgramNames.Camel(r.Reduction.ToString()));
            body.Line($"TVector {variables[p]} = TVector.Broadcast({End(r.Reduction, sums[p - first]!, columns)});");
        }
    }

    private void Step(int p, int first, string? sum, string columns)
    {
        RowPhase phase = kernel.Phases[p];
        string value = Print(phase, first);
        switch (phase)
        {
            case RowPhase.Write w:
                body.Line($"{arguments.View(w.Output, plan.Buffers[w.Output.Buffer].Name)}.Store(row, column, {value});");
                break;
            case RowPhase.Reduce r:
                body.Line(Accumulate(r.Reduction, sum!, columns + " - column", value));
                break;
            default:
                variables[p] = arguments.Local("kept");
                body.Line($"TVector {variables[p]} = {value};");
                if (localRows[p] >= 0) body.Line($"locals.Store({Row(p)}, column, {variables[p]});");
                break;
        }
    }

    private void GroupedReduction(int p, RowPhase.Reduce phase)
    {
        Hoist(phase.Value);
        string groups = arguments.Size(phase.Groups), width = arguments.Local("width"), group = arguments.Local("group");
        string end = arguments.Local("end"), sum = arguments.Local(phase.Reduction == Reduction.Max ? "largest" : "sum");
        body.Line($"int {width} = {arguments.Size(phase.Columns)} / {groups};");
        body.Open($"for (int {group} = 0; {group} < {groups}; {group}++)");
        body.Line($"int {end} = ({group} + 1) * {width};");
        body.Line($"TVector {sum} = {Start(phase.Reduction)};");
        body.Line($"for (int column = {group} * {width}; column < {end}; column += TVector.Count)");
        body.Line("    " + Accumulate(phase.Reduction, sum, end + " - column", Print(phase, p)));
        if (localRows[p] >= 0) body.Line($"locals[{Row(p)}, {group}] = {End(phase.Reduction, sum, width)};");
        body.Close();
    }

    private string Print(RowPhase phase, int sweep) => new VectorExpression(arguments, e => e switch
    {
        Expression.Read r => operands.Load(r.Number, phase.Columns),
        Expression.Reduced r => variables[r.Phase]!,
        Expression.Local l when l.Phase >= sweep => variables[l.Phase]!,
        Expression.Local l => sweeps.WidthOf(l.Phase).IsOne && !phase.Columns.IsOne
            ? $"TVector.Broadcast(locals[{Row(l.Phase)}, 0])"
            : $"locals.Load({Row(l.Phase)}, column)",
        _ => throw new NotSupportedException(e.GetType().Name),
    }, OfRow).Print(phase.Value);

    /// <summary>Computes before the sweep what is the same in all its columns: the reciprocal of a deviation.</summary>
    private void Hoist(Expression value)
    {
        foreach (Expression e in RowSweeps.OfRowAlone(value).Where(e => OfRow(e) is null))
        {
            string text = new VectorExpression(arguments, l => variables[((Expression.Reduced)l).Phase]!, OfRow).Print(e);
            string name = arguments.Local("factor");
            body.Line($"TVector {name} = {text};");
            hoisted.Add((e, name));
        }
    }

    private string? OfRow(Expression e) => hoisted.FirstOrDefault(h => h.Value.Equals(e)).Name;

    private string Row(int phase) => localRows[phase].ToString(CultureInfo.InvariantCulture);

    private static string Start(Reduction reduction) =>
        reduction == Reduction.Max ? "TVector.Broadcast(float.NegativeInfinity)" : "TVector.Zero";

    private static string Accumulate(Reduction reduction, string sum, string count, string value) => reduction == Reduction.Max
        ? $"{sum} = TVector.Max({sum}, TVector.First({count}, {value}, TVector.Broadcast(float.NegativeInfinity)));"
        : $"{sum} += TVector.First({count}, {value});";

    private static string End(Reduction reduction, string sum, string columns) => reduction switch
    {
        Reduction.Max => $"TVector.Largest({sum})",
        Reduction.Mean => $"TVector.Sum({sum}) / {columns}",
        _ => $"TVector.Sum({sum})",
    };
}
