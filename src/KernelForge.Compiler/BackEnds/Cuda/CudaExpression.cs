using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>Prints an expression as CUDA C on one element, in float: epilogues and row kernels.</summary>
/// <param name="leaf">The text of a leaf that reads a row: its element.</param>
/// <param name="shared">The variable that holds a part of the expression already, or null.</param>
internal sealed class CudaExpression(CudaArguments arguments, Func<Expression, string> leaf, Func<Expression, string?>? shared = null)
{
    public string Print(Expression expression) => Print(expression, 0);

    private string Print(Expression e, int outer) => shared?.Invoke(e) ?? e switch
    {
        Expression.Host h => arguments.Host(h.Value, "float"),
        // The end of every norm: a division and a root, each exact, would be a hundred instructions.
        Expression.Binary { Op: BinaryOp.Divide, Right: Expression.Call { Function: Primitive.Sqrt } root } b when IsNumber(b.Left, 1) =>
            $"rsqrt_as<Element>({Print(root.Arguments[0], 0)})",
        Expression.Binary b => Infix(b, outer),
        Expression.Unary { Op: UnaryOp.Negate } u => "-" + Print(u.Argument, 9),
        Expression.Call c => Function(c.Function, [.. c.Arguments.Select(a => Print(a, 0))], [.. c.Arguments]),
        Expression.Activate a => $"{arguments.Activation(a.Activation)}<Element>({Print(a.Argument, 0)})",
        Expression.Select { Condition: Expression.Host h } s =>
            $"({arguments.Host(h.Value, "bool")} ? {Print(s.WhenTrue, 0)} : {Print(s.WhenFalse, 0)})",
        Expression.Read or Expression.Accumulator or Expression.Local or Expression.Reduced => leaf(e),
        _ => throw new NotSupportedException($"{e.GetType().Name} in an expression over rows"),
    };

    /// <summary>A primitive of the language on floats.</summary>
    public static string Function(Primitive function, IReadOnlyList<string> texts, IReadOnlyList<Expression> arguments)
    {
        string list = string.Join(", ", texts);
        return function switch
        {
            Primitive.Max => $"fmaxf({list})",
            Primitive.Min => $"fminf({list})",
            Primitive.Abs => $"fabsf({list})",
            Primitive.Floor => $"floorf({list})",
            // Powers that models write are small integers.
            Primitive.Pow when IsNumber(arguments[1], 2) => $"square({texts[0]})",
            Primitive.Pow when IsNumber(arguments[1], 3) => $"cube({texts[0]})",
            _ => $"{function.ToString().ToLowerInvariant()}_as<Element>({list})",
        };
    }

    private string Infix(Expression.Binary b, int outer)
    {
        if (b.Op is not (BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply or BinaryOp.Divide))
            throw new NotSupportedException($"operator {OperatorText.Symbol(b.Op)} in an expression over rows");
        int level = OperatorText.Level(b.Op);
        string text = $"{Print(b.Left, level)} {OperatorText.Symbol(b.Op)} {Print(b.Right, level + 1)}";
        return level < outer ? "(" + text + ")" : text;
    }

    private static bool IsNumber(Expression e, double value) => e is Expression.Host { Value: Scalar.Number n } && n.Value == value;
}
