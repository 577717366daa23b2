using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds;

/// <summary>
/// Prints a score or mask, of one query i, one key j and a head, in the language of a back end. Reals are float, except where they end in an
/// integer: a bucket is computed in double, as the description's own C# does, so that it is never rounded into its neighbour.
/// </summary>
internal abstract class PairExpression
{
    /// <param name="expression">The score, the mask, or a part of one.</param>
    /// <param name="real">The type of real numbers in it: float or double.</param>
    public string Print(Expression expression, string real = "float") => Print(expression, 0, real);

    /// <summary>The text of what is computed in another way, or null.</summary>
    protected virtual string? Special(Expression expression) => null;

    /// <summary>A value that the host knows, as float, double, int or bool.</summary>
    protected abstract string Host(Scalar value, string type);

    /// <summary>The position of the query, or of the key.</summary>
    protected abstract string Position(bool ofKey);

    /// <summary>A conversion, truncated where the type is int.</summary>
    protected abstract string Converted(string type, Expression argument, string real);

    protected abstract string Function(Expression.Call call, IReadOnlyList<string> arguments, string real);

    /// <summary>An element of a parameter.</summary>
    /// <param name="operand">The operand's number.</param>
    /// <param name="indices">A column, or a row and a column.</param>
    protected abstract string Element(int operand, IReadOnlyList<string> indices);

    /// <summary>A column of the query's row, or of the key's.</summary>
    protected abstract string TokenElement(int operand, bool ofKey, string column);

    protected string Print(Expression e, int outer, string real) => Special(e) ?? e switch
    {
        Expression.Logit => "s",
        Expression.QueryPosition => Position(ofKey: false),
        Expression.KeyPosition => Position(ofKey: true),
        Expression.Head => "head",
        Expression.Host h => Host(h.Value, h.Value.Kind switch
        {
            ValueKind.Integer => "int",
            ValueKind.Boolean => "bool",
            _ => real,
        }),
        Expression.Binary b => Infix(b, outer, real),
        Expression.Unary u => (u.Op == UnaryOp.Negate ? "-" : "!") + Print(u.Argument, 9, real),
        Expression.Select s => $"({Print(s.Condition, 1, real)} ? {Print(s.WhenTrue, 0, real)} : {Print(s.WhenFalse, 0, real)})",
        Expression.Call c => Function(c, [.. c.Arguments.Select(a => Print(a, 0, real))], real),
        Expression.Convert { To: ValueKind.Integer } c => Converted("int", c.Argument, "double"),
        Expression.Convert c => Converted(real, c.Argument, real),
        Expression.Element x => Element(x.Number, [.. x.Indices.Select(i => Print(i, 0, real))]),
        Expression.TokenElement { Position: null } t => TokenElement(t.Number, t.Row == RowOf.Key, Print(t.Column, 0, real)),
        _ => throw new NotSupportedException($"{e.GetType().Name} in a score or mask"),
    };

    private string Infix(Expression.Binary b, int outer, string real)
    {
        int level = OperatorText.Level(b.Op);
        string text = $"{Print(b.Left, level, real)} {OperatorText.Symbol(b.Op)} {Print(b.Right, level + 1, real)}";
        return level < outer ? "(" + text + ")" : text;
    }
}
