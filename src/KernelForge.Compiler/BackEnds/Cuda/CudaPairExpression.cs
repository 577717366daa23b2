using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// Prints a score or mask as CUDA C: of one query i, one key j and a head. Reals are float, except where they end in an integer: a bucket is
/// computed in double, as the description's own C# does, so that it is not rounded into its neighbour.
/// </summary>
/// <param name="special">The text of what is computed in another way, or null.</param>
internal sealed class CudaPairExpression(
    CudaArguments arguments, EquatableArray<AttentionOperand> operands, Func<Expression, string?> special)
{
    public string Print(Expression expression) => Print(expression, 0, "float");

    private string Print(Expression e, int outer, string real) => special(e) ?? e switch
    {
        Expression.Logit => "s",
        Expression.QueryPosition => "i.position",
        Expression.KeyPosition => "j.position",
        Expression.Head => "head",
        Expression.Host h => arguments.Host(h.Value, h.Value.Kind switch
        {
            ValueKind.Integer => "int",
            ValueKind.Boolean => "bool",
            _ => real,
        }),
        Expression.Binary b => Infix(b, outer, real),
        Expression.Unary u => (u.Op == UnaryOp.Negate ? "-" : "!") + Print(u.Argument, 9, real),
        Expression.Select s => $"({Print(s.Condition, 1, real)} ? {Print(s.WhenTrue, 0, real)} : {Print(s.WhenFalse, 0, real)})",
        Expression.Call c => Call(c, real),
        Expression.Convert { To: ValueKind.Integer } c => "static_cast<int>(" + Print(c.Argument, 0, "double") + ")",
        Expression.Convert c => $"static_cast<{real}>(" + Print(c.Argument, 0, real) + ")",
        Expression.Element x => Element(x, real),
        Expression.TokenElement t => $"{Rows(t.Number)}.at({(t.OfKey ? "j" : "i")}.row, {Print(t.Column, 0, real)})",
        _ => throw new NotSupportedException($"{e.GetType().Name} in a score or mask"),
    };

    private string Infix(Expression.Binary b, int outer, string real)
    {
        int level = OperatorText.Level(b.Op);
        string text = $"{Print(b.Left, level, real)} {OperatorText.Symbol(b.Op)} {Print(b.Right, level + 1, real)}";
        return level < outer ? "(" + text + ")" : text;
    }

    private string Call(Expression.Call c, string real)
    {
        string[] texts = [.. c.Arguments.Select(a => Print(a, 0, real))];
        string list = string.Join(", ", texts), name = c.Function.ToString().ToLowerInvariant();
        if (c.Kind == ValueKind.Integer) return $"{name}({list})";
        if (real == "float") return CudaExpression.Function(c.Function, texts, [.. c.Arguments]);
        return (c.Function is Primitive.Max or Primitive.Min or Primitive.Abs ? "f" + name : name) + $"({list})";
    }

    private string Rows(int operand) => arguments.View(((AttentionOperand.Rows)operands[operand]).View);

    private string Element(Expression.Element x, string real)
    {
        string table = arguments.Parameter(((AttentionOperand.Parameter)operands[x.Number]).Number);
        string list = string.Join(", ", x.Indices.Select(i => Print(i, 0, real)));
        return x.Indices.Count == 1 ? $"{table}.at(0, {list})" : $"{table}.at({list})";
    }
}
