using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds;

/// <summary>Prints an expression over rows, epilogues and row kernels, in the language of a back end.</summary>
/// <param name="leaf">The text of a leaf that reads a row.</param>
/// <param name="shared">The variable that holds a part of the expression already, or null.</param>
internal abstract class RowExpression(Func<Expression, string> leaf, Func<Expression, string?>? shared)
{
    public string Print(Expression expression) => Print(expression, 0);

    /// <summary>A number that the host knows.</summary>
    protected abstract string Number(Scalar value);

    /// <summary>A truth that the host knows.</summary>
    protected abstract string Truth(Scalar value);

    /// <summary>A primitive of the language.</summary>
    protected abstract string Function(Expression.Call call, IReadOnlyList<string> arguments);

    /// <summary>The function that a configuration names, up to its argument, which a closing bracket ends.</summary>
    protected abstract string Activation(Scalar activation);

    /// <summary>What the language has a better word for than its parts; else null.</summary>
    protected virtual string? Idiom(Expression expression) => null;

    protected static bool IsNumber(Expression e, double value) => e is Expression.Host { Value: Scalar.Number n } && n.Value == value;

    private string Print(Expression e, int outer) => shared?.Invoke(e) ?? Idiom(e) ?? e switch
    {
        Expression.Host h => Number(h.Value),
        Expression.Binary b => Infix(b, outer),
        Expression.Unary { Op: UnaryOp.Negate } u => OperatorText.Signed(u.Op, Print(u.Argument, 9)),
        Expression.Call c => Function(c, [.. c.Arguments.Select(a => Print(a))]),
        Expression.Activate a => Activation(a.Activation) + Print(a.Argument) + ")",
        Expression.Select { Condition: Expression.Host h } s => $"({Truth(h.Value)} ? {Print(s.WhenTrue)} : {Print(s.WhenFalse)})",
        Expression.Read or Expression.Accumulator or Expression.Local or Expression.Reduced => leaf(e),
        _ => throw new NotSupportedException($"{e.GetType().Name} in an expression over rows"),
    };

    private string Infix(Expression.Binary b, int outer)
    {
        if (b.Op is not (BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply or BinaryOp.Divide))
            throw new NotSupportedException($"operator {OperatorText.Symbol(b.Op)} in an expression over rows");
        int level = OperatorText.Level(b.Op);
        string text = $"{Print(b.Left, level)} {OperatorText.Symbol(b.Op)} {Print(b.Right, level + 1)}";
        return level < outer ? "(" + text + ")" : text;
    }
}
