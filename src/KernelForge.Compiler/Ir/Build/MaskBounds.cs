using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>
/// Whether a mask says anything about a tile of queries and keys from their positions alone, so that tiles without a pair can be left out. What
/// depends on the values of rows or parameters, or on products of positions with reals, does not.
/// </summary>
internal static class MaskBounds
{
    public static bool AreKnown(Expression mask) => mask switch
    {
        Expression.Host => true,
        Expression.Unary { Op: UnaryOp.Not } u => AreKnown(u.Argument),
        // One bounded part of a conjunction is enough to leave a tile out.
        Expression.Binary { Op: BinaryOp.And } b => AreKnown(b.Left) || AreKnown(b.Right),
        Expression.Binary { Op: BinaryOp.Or } b => AreKnown(b.Left) && AreKnown(b.Right),
        Expression.Binary b when b.Op >= BinaryOp.Equal && b.Op <= BinaryOp.GreaterOrEqual => HasInterval(b.Left) && HasInterval(b.Right),
        _ => false,
    };

    private static bool HasInterval(Expression e) => e switch
    {
        Expression.Host or Expression.QueryPosition or Expression.KeyPosition => true,
        Expression.Convert c => HasInterval(c.Argument),
        Expression.Unary { Op: UnaryOp.Negate } u => HasInterval(u.Argument),
        Expression.Call { Function: Primitive.Abs or Primitive.Max or Primitive.Min } c => c.Arguments.All(HasInterval),
        Expression.Binary { Op: BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply or BinaryOp.Divide or BinaryOp.Remainder } b =>
            HasInterval(b.Left) && HasInterval(b.Right),
        _ => false,
    };
}
