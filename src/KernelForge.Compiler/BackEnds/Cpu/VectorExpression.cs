using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>Prints an expression as C# on vectors: epilogues and row kernels.</summary>
/// <param name="leaf">The text of a leaf that reads a row: one vector of it.</param>
/// <param name="shared">The variable that holds a part of the expression already, or null.</param>
internal sealed class VectorExpression(CpuArguments arguments, Func<Expression, string> leaf, Func<Expression, string?>? shared = null)
{
    public string Print(Expression expression) => Print(expression, 0);

    private string Print(Expression e, int outer) => shared?.Invoke(e) ?? e switch
    {
        Expression.Host h => $"TVector.Broadcast({arguments.Host(h.Value, "float")})",
        Expression.Binary b => Infix(b, outer),
        Expression.Unary { Op: UnaryOp.Negate } u => "-" + Print(u.Argument, 9),
        Expression.Call c => Call(c),
        Expression.Activate a => $"VectorActivation.Apply({arguments.Activation(a.Activation)}, {Print(a.Argument, 0)})",
        Expression.Select { Condition: Expression.Host h } s =>
            $"({arguments.Host(h.Value, "bool")} ? {Print(s.WhenTrue, 0)} : {Print(s.WhenFalse, 0)})",
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

    private string Call(Expression.Call c)
    {
        string list = string.Join(", ", c.Arguments.Select(a => Print(a, 0)));
        return c.Function switch
        {
            Primitive.Max or Primitive.Min or Primitive.Abs or Primitive.Sqrt or Primitive.Floor => $"TVector.{c.Function}({list})",
            // Powers that models write are small integers; the general one goes lane by lane.
            Primitive.Pow when IsNumber(c.Arguments[1], 2) => $"VectorMath.Square({Print(c.Arguments[0], 0)})",
            Primitive.Pow when IsNumber(c.Arguments[1], 3) => $"VectorMath.Cube({Print(c.Arguments[0], 0)})",
            _ => $"VectorMath.{c.Function}({list})",
        };
    }

    private static bool IsNumber(Expression e, double value) => e is Expression.Host { Value: Scalar.Number n } && n.Value == value;
}
