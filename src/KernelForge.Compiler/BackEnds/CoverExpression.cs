using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds;

/// <summary>
/// Prints a mask over intervals of positions: the same expression, with <c>&amp;</c> for <c>&amp;&amp;</c>, whose value says whether it
/// holds for none, some or all pairs of a tile. What <see cref="MaskBounds"/> does not know is "some".
/// </summary>
/// <param name="bounds">What is known of a mask.</param>
/// <param name="host">A host value of a type: float, double, int or bool.</param>
/// <param name="ofSequence">A length, or an integer that the tile's sequence has once.</param>
/// <param name="scope">What stands between a type and its member: <c>.</c> or <c>::</c>.</param>
/// <param name="real">The type in which the language compares reals.</param>
internal sealed class CoverExpression(
    MaskBounds bounds, Func<Scalar, string, string> host, Func<Expression, string> ofSequence, string scope, string real)
{
    public static CoverExpression CSharp(MaskBounds bounds, Func<Scalar, string, string> host, Func<Expression, string> ofSequence) =>
        new(bounds, host, ofSequence, ".", "double");

    public static CoverExpression Cuda(MaskBounds bounds, Func<Scalar, string, string> host, Func<Expression, string> ofSequence) =>
        new(bounds, host, ofSequence, "::", "float");

    public string Print(Expression mask) => Truth(mask, isInner: false);

    private string Truth(Expression e, bool isInner)
    {
        switch (e)
        {
            case Expression.Host h:
                string truth = host(h.Value, "bool");
                return Member("Coverage", $"Of({truth}, !{truth})");
            case Expression.Unary { Op: UnaryOp.Not } u:
                return "!" + Truth(u.Argument, isInner: true);
            case Expression.Binary { Op: BinaryOp.And or BinaryOp.Or } b:
                string symbol = b.Op == BinaryOp.And ? "&" : "|";
                return Wrapped($"{Truth(b.Left, isInner: true)} {symbol} {Truth(b.Right, isInner: true)}", isInner);
            case Expression.Select s:
                return Member("Coverage", $"Choose({Truth(s.Condition, false)}, {Truth(s.WhenTrue, false)}, {Truth(s.WhenFalse, false)})");
            case Expression.Binary b when bounds.Compares(b):
                string left = Interval(b.Left), right = Interval(b.Right);
                string same = Member("Interval", $"Same({left}, {right})");
                return b.Op switch
                {
                    BinaryOp.Equal => same,
                    BinaryOp.NotEqual => "!" + same,
                    _ => Wrapped($"{left} {OperatorText.Symbol(b.Op)} {right}", isInner),
                };
            default:
                return Member("Coverage", "Part");
        }
    }

    private string Interval(Expression e) => e switch
    {
        Expression.Host { Kind: ValueKind.Integer } h => Integer(host(h.Value, "int")),
        Expression.Host h => Member("Interval", $"Around({host(h.Value, real)})"),
        Expression.QueryPosition => "i",
        Expression.KeyPosition => "j",
        Expression.Length or Expression.IntegerElement => Integer(ofSequence(e)),
        Expression.Select s => Member("Interval", $"Choose({Truth(s.Condition, false)}, {Interval(s.WhenTrue)}, {Interval(s.WhenFalse)})"),
        Expression.Convert c => Interval(c.Argument),
        Expression.Unary u => Negated(Interval(u.Argument)),
        Expression.Call c => Member("Interval", $"{c.Function}({string.Join(", ", c.Arguments.Select(Interval))})"),
        Expression.Binary b => $"({Interval(b.Left)} {OperatorText.Symbol(b.Op)} {Interval(b.Right)})",
        _ => throw new NotSupportedException($"{e.GetType().Name} has no interval"),
    };

    // C++ would have it the same way, but it warns of a cast in the style of C.
    private string Integer(string value) => scope == "::" ? $"Interval({value})" : "(Interval)" + (value[0] == '-' ? $"({value})" : value);

    private string Member(string type, string member) => type + scope + member;

    private static string Negated(string value) => OperatorText.Signed(UnaryOp.Negate, value);

    private static string Wrapped(string text, bool isInner) => isInner ? "(" + text + ")" : text;
}
