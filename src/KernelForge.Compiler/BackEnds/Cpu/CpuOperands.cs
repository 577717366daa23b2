using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>
/// How a kernel's struct reads its operands: a vector of each at (row, column). What depends on the row alone goes before the sweep over its
/// columns.
/// </summary>
internal sealed class CpuOperands(
    KernelPlan plan, CpuArguments arguments, int rows, EquatableArray<KernelOperand> operands)
{
    private readonly Dictionary<string, string> ofRow = new(StringComparer.Ordinal);

    /// <summary>Statements that the method begins with.</summary>
    public List<string> Preamble { get; } = [];

    /// <summary>A vector of an operand.</summary>
    /// <param name="columns">How wide the sweep is: an operand of width one is repeated over it.</param>
    public string Load(int number, Size columns)
    {
        KernelOperand operand = operands[number];
        (string source, string row) = operand switch
        {
            KernelOperand.Rows r => (arguments.View(r.View, plan.Buffers[r.View.Buffer].Name), "row"),
            KernelOperand.PerSequence p =>
                (arguments.View(p.View, plan.Buffers[p.View.Buffer].Name), OfRow("sequence", $"{arguments.Space(rows)}.SequenceOf(row)")),
            KernelOperand.Vector v => (arguments.Parameter(v.Parameter), "0"),
            KernelOperand.Gather g => Gathered(g),
            _ => throw new NotSupportedException(operand.GetType().Name),
        };
        return operand.Columns.IsOne && !columns.IsOne ? $"TVector.Broadcast({source}[{row}, 0])" : $"{source}.Load({row}, column)";
    }

    /// <summary>
    /// Asks for what <see cref="Load"/> will read of an operand, where each row has a row of its own; else null: what rows share is near anyhow.
    /// </summary>
    public string? Ask(int number, Size columns) => operands[number] is KernelOperand.Rows r && (!r.View.Columns.IsOne || columns.IsOne)
        ? $"{arguments.View(r.View, plan.Buffers[r.View.Buffer].Name)}.Ask(row, column);"
        : null;

    private (string Table, string Row) Gathered(KernelOperand.Gather gather)
    {
        string table = arguments.Parameter(gather.Parameter);
        string index = $"{table}.RowAt({Integer(gather.Index)}, {CSharpText.Literal(plan.Parameters[gather.Parameter].Path.ToString())})";
        return (table, OfRow(table.TrimStart('@') + "Row", index));
    }

    private string OfRow(string wanted, string text)
    {
        if (ofRow.TryGetValue(text, out string? known)) return known;
        string name = arguments.Local(wanted);
        Preamble.Add($"int {name} = {text};");
        return ofRow[text] = name;
    }

    private string Integer(RowInteger value) =>
        CpuIntegers.Text(arguments, value, "row", () => arguments.Space(rows) + ".PositionOf(row)");
}
