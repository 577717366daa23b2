using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>Writes a score or mask as CUDA C.</summary>
/// <param name="special">The text of what is computed in another way, or null.</param>
internal sealed class CudaPairCode(
    CudaArguments arguments, EquatableArray<ElementOperand> operands, Func<Expression, string?> special) : ElementCode(arguments.Local)
{
    protected override string? Special(Expression expression, string real) => special(expression);

    protected override string Host(Scalar value, string type) => arguments.Host(value, type);

    protected override string Leaf(Expression leaf) => leaf switch
    {
        Expression.Logit => "s",
        Expression.QueryPosition => "i.position",
        Expression.KeyPosition => "j.position",
        Expression.Head => "head",
        _ => throw new NotSupportedException($"{leaf.GetType().Name} in a score or mask"),
    };

    protected override string Converted(string type, Expression argument, string real) => $"static_cast<{type}>({Print(argument, 0, real)})";

    protected override string Function(Expression.Call call, IReadOnlyList<string> arguments, string real)
    {
        string list = string.Join(", ", arguments), name = call.Function.ToString().ToLowerInvariant();
        if (call.Kind == ValueKind.Integer) return $"{name}({list})";
        if (real == Float) return CudaExpression.FunctionOf(call, arguments);
        return (call.Function is Primitive.Max or Primitive.Min or Primitive.Abs ? "f" + name : name) + $"({list})";
    }

    protected override string Infinity(bool isNegative, string real) => isNegative ? "-INFINITY" : "INFINITY";

    protected override string Length(Expression.Length length) => throw NotWritten(length);

    protected override string IntegerElement(Expression.IntegerElement element, string? position) => throw NotWritten(element);

    protected override string Element(Expression.Element element, IReadOnlyList<string> indices, string real)
    {
        if (operands[element.Number] is not ElementOperand.Parameter parameter) throw NotWritten(element);
        return $"{arguments.Parameter(parameter.Number)}.at({(indices.Count == 1 ? "0, " : "")}{string.Join(", ", indices)})";
    }

    protected override string TokenElement(Expression.TokenElement element, string? position, string column, string real)
    {
        if (position is not null) throw NotWritten(element);
        return $"{arguments.View(((ElementOperand.Rows)operands[element.Number]).View)}.at({(element.Row == RowOf.Key ? "j" : "i")}.row, {column})";
    }

    private static NotSupportedException NotWritten(Expression e) => new($"{e.GetType().Name} in a score or mask for CUDA");
}
