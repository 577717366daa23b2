using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>Writes a lambda's expression for the CPU, a number at a time.</summary>
/// <param name="rows">What the rows of the lambda are called.</param>
/// <param name="special">The text of what is computed in another way, or null.</param>
internal class CpuElementCode(
    KernelPlan plan, CpuArguments arguments, EquatableArray<ElementOperand> operands, CpuRowNames rows, Func<Expression, string?>? special = null)
    : HostElementCode(arguments.Local)
{
    protected override string? Special(Expression expression, string real) => special?.Invoke(expression);

    protected override string Host(Scalar value, string type) => arguments.Host(value, type);

    protected override string Leaf(Expression leaf) => leaf switch
    {
        Expression.Logit => "s",
        Expression.Head => "head",
        Expression.QueryPosition => rows.Position(RowOf.Query),
        Expression.KeyPosition => rows.Position(RowOf.Key),
        Expression.RowPosition => rows.Position(RowOf.Row),
        Expression.Feature => "f",
        Expression.StateIndex => "n",
        Expression.StateValue => "h",
        _ => throw new NotSupportedException($"{leaf.GetType().Name} in a lambda"),
    };

    protected override string Length(Expression.Length length) => rows.Length(length.Space, length.Row);

    protected override string IntegerElement(Expression.IntegerElement element, string? position)
    {
        var operand = (ElementOperand.Integers)operands[element.Number];
        if (position is null) return Integer(operand, rows.RowIn(operand.Space, element.Row), () => rows.PositionIn(operand.Space, element.Row));
        if (!IsName(position))
        {
            string name = arguments.Local("place");
            Block.Writer.Line($"int {name} = {position};");
            position = name;
        }
        string start = rows.Start(operand.Space, element.Row), length = rows.Length(operand.Space, element.Row);
        return $"((uint){position} < (uint){length} ? {Integer(operand, $"{start} + {position}", () => position)} : 0)";
    }

    protected override string Element(Expression.Element element, IReadOnlyList<string> indices, string real) =>
        $"{Table(element)}.Nearest({Indices(indices)})";

    protected override string TokenElement(Expression.TokenElement element, string? position, string column, string real) =>
        TokenElement(element, position, column, "At", "Within");

    /// <summary>A read of rows, by the method for the row itself or by that for a position.</summary>
    protected string TokenElement(Expression.TokenElement element, string? position, string column, string at, string within)
    {
        var operand = (ElementOperand.Rows)operands[element.Number];
        string view = arguments.View(operand.View, plan.Buffers[operand.View.Buffer].Name);
        if (position is null) return $"{view}.{at}({rows.RowIn(operand.Space, element.Row)}, {column})";
        return $"{view}.{within}({rows.Start(operand.Space, element.Row)}, {rows.Length(operand.Space, element.Row)}, {position}, {column})";
    }

    /// <summary>The parameter or computed table that an element lies in.</summary>
    protected string Table(Expression.Element element) => operands[element.Number] switch
    {
        ElementOperand.Parameter p => arguments.Parameter(p.Number),
        ElementOperand.Table t => arguments.View(t.View, plan.Buffers[t.View.Buffer].Name),
        _ => throw new NotSupportedException(operands[element.Number].GetType().Name),
    };

    protected static string Indices(IReadOnlyList<string> indices) => (indices.Count == 1 ? "0, " : "") + string.Join(", ", indices);

    private string Integer(ElementOperand.Integers operand, string row, Func<string> position) => CpuIntegers.Text(arguments, operand.Value, row, position);
}
