using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>How a kernel's text reads its operands: which view, and which row of it.</summary>
internal sealed class CudaOperands(
    KernelPlan plan, ProgramNames names, CudaArguments arguments, int rows, EquatableArray<KernelOperand> operands)
{
    private readonly Dictionary<string, string> ofRow = new(StringComparer.Ordinal);

    /// <summary>What depends on the row alone: <c>const int wordRow = ids[row];</c>.</summary>
    public List<string> Preamble { get; } = [];

    public int Count => operands.Count;

    /// <summary>Whether it is the same number in every column.</summary>
    /// <param name="columns">How wide the sweep is: an operand of width one is repeated over it.</param>
    public bool IsRepeated(int number, Size columns) => operands[number].Columns.IsOne && !columns.IsOne;

    /// <summary>Whether it is the same for every row, and so may be read before earlier kernels have ended.</summary>
    public bool IsWeight(int number) => operands[number] is KernelOperand.Vector;

    /// <summary>The type of its elements.</summary>
    public string ElementOf(int number) => operands[number] switch
    {
        KernelOperand.Rows r => arguments.ElementOf(r.View),
        KernelOperand.PerSequence p => arguments.ElementOf(p.View),
        _ => "Element",
    };

    /// <summary>The view and the row to read: <c>("sum2", "row")</c>.</summary>
    public (string View, string Row) Source(int number) => operands[number] switch
    {
        KernelOperand.Rows r => (arguments.View(r.View), "row"),
        KernelOperand.PerSequence p => (arguments.View(p.View), OfRow("sequence", SequenceOf() + "[row]")),
        KernelOperand.Vector v => (arguments.Parameter(v.Parameter), "0"),
        KernelOperand.Gather g => Gathered(g),
        _ => throw new NotSupportedException(operands[number].GetType().Name),
    };

    private (string Table, string Row) Gathered(KernelOperand.Gather gather)
    {
        string table = arguments.Parameter(gather.Parameter);
        return (table, OfRow(table + "Row", Integer(plan, names, arguments, gather.Index, "row", Position, RowOf)));
    }

    private string OfRow(string wanted, string text)
    {
        if (ofRow.TryGetValue(text, out string? known)) return known;
        string name = arguments.Local(wanted);
        Preamble.Add($"const int {name} = {text};");
        return ofRow[text] = name;
    }

    /// <summary>An integer of a row.</summary>
    /// <param name="row">The row, among those that the integers belong to.</param>
    /// <param name="position">The row's position within its sequence.</param>
    public static string Integer(
        KernelPlan plan, ProgramNames names, CudaArguments arguments, RowInteger value, string row, string position) =>
        Integer(plan, names, arguments, value, row, () => position, _ => row);

    /// <param name="rowOf">The row of integers of the host that have a row space.</param>
    private static string Integer(
        KernelPlan plan, ProgramNames names, CudaArguments arguments, RowInteger value, string row, Func<string> position, Func<int, string> rowOf)
    {
        switch (value)
        {
            case RowInteger.Ids i: return arguments.Integers(InputName(i.Input), names.Integers(i.Input, types: false)) + $"[{row}]";
            case RowInteger.Types t: return arguments.Integers(InputName(t.Input) + "Types", names.Integers(t.Input, types: true)) + $"[{row}]";
            case RowInteger.Host h:
                return arguments.Integers("integers", names.HostIntegers(h.Number)) + $"[{rowOf(plan.HostIntegers[h.Number].RowSpace)}]";
            case RowInteger.Position: return position();
            case RowInteger.Affine a:
                string text = Integer(plan, names, arguments, a.Value, row, position, rowOf);
                if (a.Factor.Constant != 1) text = $"{text} * {arguments.Host(a.Factor, "int")}";
                if (a.Offset.Constant == 0) return a.Factor.Constant == 1 ? text : "(" + text + ")";
                return $"({text} + {arguments.Host(a.Offset, "int")})";
            default: throw new NotSupportedException(value.GetType().Name);
        }

        string InputName(int input) => ProgramNames.Camel(plan.Inputs[input].Name);
    }

    private string Position() => arguments.Integers("positions", names.Positions(rows)) + "[row]";

    /// <summary>The row in a space of the same rows, or with one row a sequence.</summary>
    private string RowOf(int space) => space == rows || plan.RowSpaces[space].SequencesOf is null ? "row" : OfRow("sequence", SequenceOf() + "[row]");

    private string SequenceOf() => arguments.Integers("sequenceOf", names.SequenceOf(rows));
}
