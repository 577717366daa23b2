using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>
/// Prints a mask over intervals of positions: the same expression, with <c>&amp;</c> for <c>&amp;&amp;</c>, whose value says whether it holds for
/// none, some or all pairs of a tile. What cannot be bounded is "some".
/// </summary>
internal sealed class CoverExpression(CpuArguments arguments)
{
    private const string Part = "Coverage.Part";

    public string Print(Expression mask) => Truth(mask, 0);

    private string Truth(Expression e, int outer)
    {
        if (!DependsOnPair(e)) return e is Expression.Host h ? $"Coverage.Of({Host(h)}, !{Host(h)})" : Part;
        switch (e)
        {
            case Expression.Unary { Op: UnaryOp.Not } u:
                return "!" + Truth(u.Argument, 9);
            case Expression.Binary { Op: BinaryOp.And } b:
                return Wrapped($"{Truth(b.Left, 8)} & {Truth(b.Right, 8)}", outer);
            case Expression.Binary { Op: BinaryOp.Or } b:
                return Wrapped($"{Truth(b.Left, 8)} | {Truth(b.Right, 8)}", outer);
            case Expression.Binary b when Bound(b.Left) is { } left && Bound(b.Right) is { } right:
                return b.Op switch
                {
                    BinaryOp.Equal => $"Interval.Same({left}, {right})",
                    BinaryOp.NotEqual => $"!Interval.Same({left}, {right})",
                    BinaryOp.Less or BinaryOp.LessOrEqual or BinaryOp.Greater or BinaryOp.GreaterOrEqual =>
                        Wrapped($"{left} {OperatorText.Symbol(b.Op)} {right}", outer),
                    _ => Part,
                };
            default:
                return Part;
        }
    }

    /// <summary>The interval of an integer, or of a real made of integers; null where there is none.</summary>
    private string? Bound(Expression e)
    {
        if (e is Expression.Host h)
        {
            return h.Value.Kind switch
            {
                ValueKind.Integer => $"(Interval){arguments.Host(h.Value, "int")}",
                ValueKind.Real => $"Interval.Around({arguments.Host(h.Value, "double")})",
                _ => null,
            };
        }
        switch (e)
        {
            case Expression.QueryPosition: return "i";
            case Expression.KeyPosition: return "j";
            case Expression.Convert { To: ValueKind.Real } c when c.Argument.Kind == ValueKind.Integer: return Bound(c.Argument);
            case Expression.Unary { Op: UnaryOp.Negate } u: return Bound(u.Argument) is { } a ? "-" + a : null;
            case Expression.Call { Function: Primitive.Abs } c: return Bound(c.Arguments[0]) is { } x ? $"Interval.Abs({x})" : null;
            case Expression.Call { Function: Primitive.Max or Primitive.Min } c:
                return Bound(c.Arguments[0]) is { } p && Bound(c.Arguments[1]) is { } q ? $"Interval.{c.Function}({p}, {q})" : null;
            case Expression.Binary b:
                // Division and remainder of reals are other functions than those of integers.
                bool integer = b.Kind == ValueKind.Integer;
                bool known = b.Op is BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply
                    || (integer && b.Op is BinaryOp.Divide or BinaryOp.Remainder);
                return known && Bound(b.Left) is { } left && Bound(b.Right) is { } right ? $"({left} {OperatorText.Symbol(b.Op)} {right})" : null;
            default: return null;
        }
    }

    private string Host(Expression.Host h) => arguments.Host(h.Value, "bool");

    private static bool DependsOnPair(Expression e) => e.All().Any(x =>
        x is Expression.QueryPosition or Expression.KeyPosition or Expression.TokenElement or Expression.Element or Expression.Head
            or Expression.Logit);

    private static string Wrapped(string text, int outer) => outer > 0 ? "(" + text + ")" : text;
}
