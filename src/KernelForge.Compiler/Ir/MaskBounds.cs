using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir;

/// <summary>
/// What a mask says about a tile of queries and keys from their positions alone, so that tiles without a pair can be left out. What depends on
/// the values of rows or parameters, or on products of positions with reals, says nothing.
/// </summary>
internal static class MaskBounds
{
    /// <summary>Whether a mask leaves out any tile.</summary>
    public static bool AreKnown(Expression mask) => mask switch
    {
        Expression.Host => true,
        Expression.Unary { Op: UnaryOp.Not } u => AreKnown(u.Argument),
        // One bounded part of a conjunction is enough to leave a tile out.
        Expression.Binary { Op: BinaryOp.And } b => AreKnown(b.Left) || AreKnown(b.Right),
        Expression.Binary { Op: BinaryOp.Or } b => AreKnown(b.Left) && AreKnown(b.Right),
        Expression.Binary b => Compares(b),
        _ => false,
    };

    /// <summary>Whether it is a comparison of numbers that lie in known intervals over a tile.</summary>
    public static bool Compares(Expression.Binary b) =>
        b.Op is >= BinaryOp.Equal and <= BinaryOp.GreaterOrEqual && HasInterval(b.Left) && HasInterval(b.Right);

    /// <summary>Whether a number, an integer or a real made of integers, lies in a known interval over a tile.</summary>
    private static bool HasInterval(Expression e) => e switch
    {
        Expression.Host => e.Kind is ValueKind.Integer or ValueKind.Real,
        Expression.QueryPosition or Expression.KeyPosition => true,
        Expression.Convert { To: ValueKind.Real, Argument.Kind: ValueKind.Integer } c => HasInterval(c.Argument),
        Expression.Unary { Op: UnaryOp.Negate } u => HasInterval(u.Argument),
        Expression.Call { Function: Primitive.Abs or Primitive.Max or Primitive.Min } c => c.Arguments.All(HasInterval),
        Expression.Binary { Op: BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply } b => HasInterval(b.Left) && HasInterval(b.Right),
        // Division and remainder of reals are other functions than those of integers.
        Expression.Binary { Op: BinaryOp.Divide or BinaryOp.Remainder, Kind: ValueKind.Integer } b =>
            HasInterval(b.Left) && HasInterval(b.Right),
        _ => false,
    };
}
