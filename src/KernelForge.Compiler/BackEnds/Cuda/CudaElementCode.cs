using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>Writes a lambda's expression as CUDA C, a number at a time.</summary>
/// <param name="rows">What the rows of the lambda are called.</param>
/// <param name="extents">How far each variable of the lambda goes; those of folds it finds itself.</param>
/// <param name="kept">Operands of which rows of earlier runs are read.</param>
/// <param name="special">The text of what is computed in another way, or null.</param>
internal sealed class CudaElementCode(
    KernelPlan plan, ProgramNames names, CudaArguments arguments, EquatableArray<ElementOperand> operands, CudaRowNames rows,
    IReadOnlyDictionary<Expression, Size> extents, CudaKeptRows kept, Func<Expression, string?>? special = null) : ElementCode(arguments.Local)
{
    private readonly Dictionary<int, Expression> counts = [];

    /// <inheritdoc cref="ElementCode.Print(Expression, CodeBlock, string)"/>
    public string Print(Expression expression, CodeBlock into)
    {
        foreach (Expression.Fold fold in expression.All().OfType<Expression.Fold>()) counts[fold.Id] = fold.Count;
        return Print(expression, into, Float);
    }

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

    protected override string Converted(string type, Expression argument, string real) => $"static_cast<{type}>({Print(argument, 0, real)})";

    protected override string Function(Expression.Call call, IReadOnlyList<string> arguments, string real)
    {
        string list = string.Join(", ", arguments), name = call.Function.ToString().ToLowerInvariant();
        if (call.Kind == ValueKind.Integer) return $"{name}({list})";
        if (real == Float) return CudaExpression.FunctionOf(call, arguments);
        return (call.Function is Primitive.Max or Primitive.Min or Primitive.Abs ? "f" + name : name) + $"({list})";
    }

    protected override string Infinity(bool isNegative, string real) => isNegative ? "minus_infinity()" : "(-minus_infinity())";

    protected override string Length(Expression.Length length) => rows.Length(length.Space, length.Row);

    protected override string IntegerElement(Expression.IntegerElement element, string? position)
    {
        var operand = (ElementOperand.Integers)operands[element.Number];
        if (position is null) return Integer(operand.Value, rows.RowIn(operand.Space, element.Row), rows.PositionIn(operand.Space, element.Row));
        if (!IsName(position))
        {
            string name = arguments.Local("place");
            Block.Writer.Line($"const int {name} = {position};");
            position = name;
        }
        string start = rows.Start(operand.Space, element.Row), length = rows.Count(operand.Space, element.Row);
        return $"(0 <= {position} && {position} < {length} ? {Integer(operand.Value, $"{start} + {position}", position)} : 0)";
    }

    protected override string Element(Expression.Element element, IReadOnlyList<string> indices, string real)
    {
        (string view, Size height, Size width) = operands[element.Number] switch
        {
            ElementOperand.Parameter p => (arguments.Parameter(p.Number), plan.Parameters[p.Number].Rows, plan.Parameters[p.Number].Columns),
            ElementOperand.Table t => (arguments.View(t.View), plan.RowSpaces[plan.Buffers[t.View.Buffer].RowSpace].TableRows!, t.View.Columns),
            _ => throw new NotSupportedException(operands[element.Number].GetType().Name),
        };
        string column = Within(element.Indices[element.Indices.Count - 1], indices[indices.Count - 1], width);
        return $"{view}.at({(indices.Count == 1 ? "0" : Within(element.Indices[0], indices[0], height))}, {column})";
    }

    protected override string TokenElement(Expression.TokenElement element, string? position, string column, string real)
    {
        var operand = (ElementOperand.Rows)operands[element.Number];
        string at = Within(element.Column, column, operand.View.Columns);
        // The row itself is always in memory.
        string? ofEarlier = position is null && element.Row != RowOf.Key ? null : kept.Variable(element.Number);
        string view = ofEarlier is null ? arguments.View(operand.View) : arguments.KeptView(operand.View, ofEarlier);
        if (position is null)
        {
            return ofEarlier is null
                ? $"{view}.at({rows.RowIn(operand.Space, element.Row)}, {at})"
                : $"{view}.at({rows.Start(operand.Space, element.Row, ofEarlier)} + {rows.Position(element.Row)}, {at})";
        }
        string start = rows.Start(operand.Space, element.Row, ofEarlier), count = rows.Count(operand.Space, element.Row, ofEarlier);
        return $"{view}.at_position({start}, {count}, {position}, {at})";
    }

    /// <summary>An index of so many, whatever it comes to: in the description's own run a wrong one is an error.</summary>
    private string Within(Expression index, string text, Size count)
    {
        bool isWithin = index is Expression.Index i
            ? counts.TryGetValue(i.Id, out Expression? of) && of is Expression.Host h && h.Value.Equals(count.ToScalar())
            : extents.TryGetValue(index, out Size? extent) && extent.Equals(count);
        // A mistake in a number is the reader's to see.
        return isWithin || index is Expression.Host { Value: Scalar.Number } ? text : $"nearest({text}, {arguments.Size(count)})";
    }

    private string Integer(RowInteger value, string row, string position) => CudaOperands.Integer(plan, names, arguments, value, row, position);
}
