using System.Globalization;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// A row kernel: sweeps over the columns of one row, which its threads keep in registers. What several sweeps read is read once; where a part
/// of the row is reduced by groups it goes through shared memory.
/// </summary>
internal sealed class CudaRowKernel
{
    private readonly KernelPlan plan;
    private readonly ProgramNames names;
    private readonly RowKernel kernel;
    private readonly CudaArguments arguments;
    private readonly CudaOperands operands;
    private readonly RowSweeps sweeps;
    private readonly CodeWriter body = new();
    private readonly List<(Expression Value, string Name)> hoisted = [];

    /// <summary>For each phase: the array that later sweeps read, or null.</summary>
    private readonly string?[] kept;

    /// <summary>For each phase: its element within its own sweep, or what it was reduced to.</summary>
    private readonly string?[] variables;

    /// <summary>For each operand that several sweeps read: the array that holds it.</summary>
    private readonly Dictionary<int, string> keptOperands = [];

    /// <summary>For each operand that one sweep reads, and that sweep: the piece of it.</summary>
    private readonly Dictionary<(int Operand, int Sweep), string> loaded = [];

    /// <summary>For each phase that stores: the piece that it stores.</summary>
    private readonly Dictionary<int, string> results = [];

    private CudaRowKernel(KernelPlan plan, ProgramNames names, ProgramParameters parameters, RowKernel kernel)
    {
        (this.plan, this.names, this.kernel) = (plan, names, kernel);
        arguments = new CudaArguments(plan, names, parameters);
        operands = new CudaOperands(plan, names, arguments, kernel.Rows, kernel.Operands);
        sweeps = new RowSweeps(kernel);
        kept = new string?[kernel.Phases.Count];
        variables = new string?[kernel.Phases.Count];
    }

    public static CudaKernel Write(KernelPlan plan, ProgramNames names, ProgramParameters parameters, RowKernel kernel, string field) =>
        new CudaRowKernel(plan, names, parameters, kernel).Write(field);

    private CudaKernel Write(string field)
    {
        foreach ((int first, int end) in sweeps.All) Sweep(first, end);
        string rows = arguments.Integers("rowCount", names.Space(kernel.Rows));

        var writer = new CodeWriter();
        CudaKernel.WriteHead(writer, kernel.Summary,
        [
            "Grid: rows / ROWS, rounded up. Block: ROWS rows of ROW_WARPS warps each.",
            "A thread holds pieces of eight columns, a row's width apart; shared memory only where groups of columns are reduced.",
        ]);
        CudaKernel.WriteSignature(writer, CudaKernel.NameOf(kernel), "rows_threads", arguments);
        writer.Line("const RowThread at;").Line("const int row = at.row;");
        writer.Line("let_next_grid_start();").Line($"if (row >= *{rows}) return;").Line("wait_for_previous_grid();");
        foreach (string line in operands.Preamble) writer.Line(line);
        writer.Line().Line(body.ToString().TrimEnd('\n'));
        writer.Close();

        string widest = kernel.Phases.Select(p => names.Size(p.Columns)).Distinct().Aggregate((a, b) => $"Math.Max({a}, {b})");
        return new CudaKernel(
            CudaKernel.NameOf(kernel), field, ["types", "math", "views", "reduce", "async", "row"], writer.ToString(), kernel.Summary,
            CudaKernel.LaunchStatement(field, arguments, $".Rows({names.Space(kernel.Rows)}, {widest})"));
    }

    private void Sweep(int first, int end)
    {
        foreach (int p in Enumerable.Range(first, end - first)) Hoist(kernel.Phases[p].Value);
        Size columns = kernel.Phases[first].Columns;
        List<int> phases = [.. Enumerable.Range(first, end - first)];
        // One number a row: every thread computes it, so that wider sweeps have it at hand.
        foreach (int p in phases.Where(p => columns.IsOne && kernel.Phases[p] is RowPhase.Compute))
        {
            variables[p] = arguments.Local("value");
            body.Line($"const float {variables[p]} = {Print(kernel.Phases[p], first, scalar: true)};");
        }
        // All have read before one stores, which may be to the same place.
        if (phases.Any(p => columns.IsOne && kernel.Phases[p] is RowPhase.Compute && Reads(kernel.Phases[p]).Any(IsStoredOver)))
            body.Line("row_barrier();");
        phases.RemoveAll(p => columns.IsOne && kernel.Phases[p] is RowPhase.Compute);
        if (phases.Count == 0) return;

        string width = arguments.Size(columns);
        string?[] sums = new string?[end - first];
        List<string> loads = [], steps = [], stores = [];
        HashSet<int> here = [];
        foreach (int p in phases)
        {
            foreach (int operand in Reads(kernel.Phases[p]))
                if (!operands.IsRepeated(operand, columns) && here.Add(operand)) Load(operand, columns, first, end, loads);
            Step(p, first, width, sums, steps, stores);
        }

        body.Line("#pragma unroll").Open($"for (int p = 0; p < pieces_of<{width}>; ++p)");
        body.Line($"if (!at.holds<{width}>(p)) continue;").Line("const int column = at.column(p);");
        foreach (string line in loads.Concat(Declared(first, end))) body.Line(line);
        body.Line("#pragma unroll");
        if (steps.Count == 1) body.Line("for (int e = 0; e < 8; ++e) " + steps[0]);
        else
        {
            body.Open("for (int e = 0; e < 8; ++e)");
            foreach (string line in steps) body.Line(line);
            body.Close();
        }
        foreach (string line in stores) body.Line(line);
        body.Close();
        for (int p = first; p < end; p++) End(p, sums[p - first], width);
    }

    /// <summary>Whether a result of the kernel lies in the same memory as an operand.</summary>
    private bool IsStoredOver(int operand) => kernel.Operands[operand] is KernelOperand.Rows r && kernel.Phases.OfType<RowPhase.Write>()
        .Any(w => plan.Buffers[w.Output.Buffer].Slot == plan.Buffers[r.View.Buffer].Slot);

    /// <summary>An operand's eight columns: in an array of the whole row where another sweep reads it too.</summary>
    private void Load(int operand, Size columns, int first, int end, List<string> loads)
    {
        if (keptOperands.ContainsKey(operand)) return;
        (string view, string row) = operands.Source(operand);
        string array = arguments.Local(view + "Values");
        bool later = kernel.Phases.Skip(end).Any(p => p.Columns.Equals(columns) && Reads(p).Contains(operand));
        if (later && !operands.IsWeight(operand))
        {
            body.Line($"float {array}[pieces_of<{arguments.Size(columns)}>][8];");
            keptOperands[operand] = array + "[p]";
            loads.Add($"{view}.load({array}[p], {row}, column);");
            return;
        }
        loads.Add($"float {array}[8];");
        loads.Add($"{view}.load({array}, {row}, column);");
        loaded[(operand, first)] = array;
    }

    private void Step(int p, int first, string width, string?[] sums, List<string> steps, List<string> stores)
    {
        RowPhase phase = kernel.Phases[p];
        string value = Print(phase, first);
        switch (phase)
        {
            case RowPhase.Write w:
                results[p] = arguments.Local("result");
                steps.Add($"{results[p]}[e] = {value};");
                stores.Add($"{arguments.View(w.Output, written: true)}.store8(row, column, {results[p]});");
                break;
            case RowPhase.Reduce r when RowSweeps.IsGrouped(r):
                string staged = arguments.Local("staged");
                body.Line($"__shared__ float {staged}[ROWS][padded({width})];");
                steps.Add($"{staged}[threadIdx.x / row_threads][column + e] = {value};");
                sums[p - first] = staged;
                break;
            case RowPhase.Reduce r:
                bool max = r.Reduction == Reduction.Max;
                string sum = sums[p - first] = arguments.Local(max ? "largest" : "sum");
                body.Line($"float {sum} = {(max ? "minus_infinity()" : "0.0f")};");
                string next = max ? $"{sum} = fmaxf({sum}, {value});" : $"{sum} += {value};";
                steps.Add($"if (within<{width}>(column + e)) {next}");
                break;
            default:
                bool later = sweeps.IsReadLater(p);
                variables[p] = arguments.Local("kept");
                if (later)
                {
                    kept[p] = variables[p] + "[p][e]";
                    body.Line($"float {variables[p]}[pieces_of<{width}>][8];");
                    variables[p] = kept[p];
                    steps.Add($"{kept[p]} = {value};");
                }
                else steps.Add($"const float {variables[p]} = {value};");
                break;
        }
    }

    private IEnumerable<string> Declared(int first, int end) =>
        Enumerable.Range(first, end - first).Where(results.ContainsKey).Select(p => $"float {results[p]}[8];");

    private void End(int p, string? sum, string width)
    {
        if (kernel.Phases[p] is not RowPhase.Reduce r) return;
        if (!RowSweeps.IsGrouped(r))
        {
            variables[p] = arguments.Local(ProgramNames.Camel(r.Reduction.ToString()));
            string whole = r.Reduction == Reduction.Max ? $"row_max({sum})" : $"row_sum({sum})";
            // A factor that the compiler knows: it would divide by a constant as by any other number.
            string share = r.Reduction == Reduction.Mean ? $" * (1.0f / {(width.Contains(' ') ? "(" + width + ")" : width)})" : "";
            body.Line($"const float {variables[p]} = {whole}{share};");
            return;
        }
        string groups = arguments.Size(r.Groups), reduced = arguments.Local("groups");
        string scale = r.Reduction == Reduction.Mean ? $"1.0f / (({width}) / ({groups}))" : "1.0f";
        string inBlock = "[threadIdx.x / row_threads]";
        body.Line($"__shared__ float {reduced}[ROWS][padded({groups})];");
        string reduce = $"reduce_groups<{(r.Reduction == Reduction.Max ? "MaxOf" : "SumOf")}, {width}, {groups}>";
        body.Line($"{reduce}({sum}{inBlock}, {reduced}{inBlock}, at.lane, {scale});");
        kept[p] = $"{reduced}{inBlock}[column + e]";
        variables[p] = $"{reduced}{inBlock}[0]";
    }

    private string Print(RowPhase phase, int sweep, bool scalar = false) => new CudaExpression(arguments, e => e switch
    {
        Expression.Read r => Element(r.Number, phase.Columns, sweep, scalar),
        Expression.Reduced r => variables[r.Phase]!,
        Expression.Local l when l.Phase >= sweep || sweeps.WidthOf(l.Phase).IsOne => variables[l.Phase]!,
        Expression.Local l => kept[l.Phase]!,
        _ => throw new NotSupportedException(e.GetType().Name),
    }, OfRow).Print(phase.Value);

    private string Element(int operand, Size columns, int sweep, bool scalar)
    {
        if (scalar || operands.IsRepeated(operand, columns))
        {
            (string view, string row) = operands.Source(operand);
            return $"{view}.at({row}, 0)";
        }
        return (keptOperands.TryGetValue(operand, out string? array) ? array : loaded[(operand, sweep)]) + "[e]";
    }

    /// <summary>Computes before the sweep what is the same in all its columns: the reciprocal of a deviation.</summary>
    private void Hoist(Expression value)
    {
        foreach (Expression e in RowSweeps.OfRowAlone(value).Where(e => OfRow(e) is null))
        {
            string text = new CudaExpression(arguments, l => variables[((Expression.Reduced)l).Phase]!, OfRow).Print(e);
            string name = arguments.Local("factor");
            body.Line($"const float {name} = {text};");
            hoisted.Add((e, name));
        }
    }

    private string? OfRow(Expression e) => hoisted.FirstOrDefault(h => h.Value.Equals(e)).Name;

    private static IEnumerable<int> Reads(RowPhase phase) => phase.Value.All().OfType<Expression.Read>().Select(r => r.Number).Distinct();
}
