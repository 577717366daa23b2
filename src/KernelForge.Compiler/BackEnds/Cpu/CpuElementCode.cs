using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>Writes a lambda's expression for the CPU, a number at a time.</summary>
/// <param name="rows">What the rows of the lambda are called.</param>
/// <param name="ranges">Which indices need no check.</param>
/// <param name="kept">Rows of earlier runs among the operands.</param>
/// <param name="special">The text of what is computed in another way, or null.</param>
internal class CpuElementCode(
    KernelPlan plan, CpuArguments arguments, EquatableArray<ElementOperand> operands, CpuRowNames rows, CpuRanges ranges,
    CpuKeptRows kept, Func<Expression, string?>? special = null)
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
        string start = rows.Start(operand.Space, element.Row), length = rows.Count(operand.Space, element.Row);
        return $"((uint){position} < (uint){length} ? {Integer(operand, $"{start} + {position}", () => position)} : 0)";
    }

    protected override string Element(Expression.Element element, IReadOnlyList<string> indices, string real) =>
        IsWithin(element) ? $"{Table(element)}[{Indices(indices)}]" : $"{Table(element)}.Nearest({Indices(indices)})";

    protected override string TokenElement(Expression.TokenElement element, string? position, string column, string real) =>
        position is null && Operand(element).Kept is null && IsWithin(element)
            ? $"{View(element)}[{rows.RowIn(Operand(element).Space, element.Row)}, {column}]"
            : TokenElement(element, position, column, "At", "Within");

    /// <summary>A read of rows, by the method for the row itself or by that for a position.</summary>
    protected string TokenElement(Expression.TokenElement element, string? position, string column, string at, string within)
    {
        ElementOperand.Rows operand = Operand(element);
        if (operand.Kept is not null)
        {
            string start = rows.StartOf(kept!.Space(arguments, element.Number), element.Row);
            string at0 = position ?? rows.Position(element.Row), length0 = rows.Length(operand.Space, element.Row);
            return $"{View(element)}.{within}({start}, {length0}, {at0}, {column})";
        }
        if (position is null) return $"{View(element)}.{at}({rows.RowIn(operand.Space, element.Row)}, {column})";
        return $"{View(element)}.{within}({rows.Start(operand.Space, element.Row)}, {rows.Count(operand.Space, element.Row)}, {position}, {column})";
    }

    /// <summary>Whether an element surely lies in its table.</summary>
    protected bool IsWithin(Expression.Element element)
    {
        (Size tableRows, Size columns) = operands[element.Number] switch
        {
            ElementOperand.Parameter p => (plan.Parameters[p.Number].Rows, plan.Parameters[p.Number].Columns),
            ElementOperand.Table t => (plan.RowSpaces[plan.Buffers[t.View.Buffer].RowSpace].TableRows ?? Size.Zero, t.View.Columns),
            _ => throw new NotSupportedException(operands[element.Number].GetType().Name),
        };
        EquatableArray<Expression> indices = element.Indices;
        return ranges.IsWithin(indices[indices.Count - 1], columns) && (indices.Count == 1 || ranges.IsWithin(indices[0], tableRows));
    }

    /// <summary>Whether the column surely lies in the row.</summary>
    protected bool IsWithin(Expression.TokenElement element) => ranges.IsWithin(element.Column, Operand(element).View.Columns);

    private ElementOperand.Rows Operand(Expression.TokenElement element) => (ElementOperand.Rows)operands[element.Number];

    private string View(Expression.TokenElement element) => Operand(element) switch
    {
        { Kept: not null } => kept!.Rows(arguments, element.Number),
        var operand => arguments.View(operand.View, plan.Buffers[operand.View.Buffer].Name),
    };

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
