using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Incremental;

/// <summary>How far back a mask lets any query see, from its comparisons of positions: what lies behind need not be kept.</summary>
internal static class MaskReach
{
    /// <summary>The most by which a query's position may exceed that of a key it sees; null where nothing bounds it.</summary>
    public static Size? Of(Expression? mask) => mask switch
    {
        Expression.Binary { Op: BinaryOp.And } b => Of(b.Left) ?? Of(b.Right),
        Expression.Binary { Op: BinaryOp.Less } b => Bound(b.Left, b.Right, Size.One),
        Expression.Binary { Op: BinaryOp.Greater } b => Bound(b.Right, b.Left, Size.One),
        Expression.Binary { Op: BinaryOp.LessOrEqual } b => Bound(b.Left, b.Right, Size.Zero),
        Expression.Binary { Op: BinaryOp.GreaterOrEqual } b => Bound(b.Right, b.Left, Size.Zero),
        Expression.Binary { Op: BinaryOp.Equal } b => Bound(b.Left, b.Right, Size.Zero) ?? Bound(b.Right, b.Left, Size.Zero),
        _ => null,
    };

    /// <summary>What left + strict ≤ right says of query less key.</summary>
    private static Size? Bound(Expression left, Expression right, Size strict)
    {
        if (Sum.Of(left) is not { } l || Sum.Of(right) is not { } r) return null;
        Sum difference = l.Less(r);
        Size most = Size.Zero - difference.Constant - strict;
        if (difference is { Query: 1, Key: -1, Divisor: null }) return most;
        // ⌊i / c⌋ − ⌊j / c⌋ ≤ most leaves i − j below (most + 1) · c.
        return difference is { Query: 1, Key: -1, Divisor: { } c } ? ((most + Size.One) * c) - Size.One : null;
    }

    /// <summary>Query · i + Key · j + Constant, or the same of i / Divisor and j / Divisor.</summary>
    private sealed record Sum(int Query, int Key, Size? Divisor, Size Constant)
    {
        public static Sum? Of(Expression e) => e switch
        {
            Expression.Host { Value: { IsInteger: true } s } => new Sum(0, 0, null, Size.From(s)),
            Expression.QueryPosition => new Sum(1, 0, null, Size.Zero),
            Expression.KeyPosition => new Sum(0, 1, null, Size.Zero),
            Expression.Binary { Op: BinaryOp.Add } b => Of(b.Left) is { } l && Of(b.Right) is { } r ? l.Plus(r, 1) : null,
            Expression.Binary { Op: BinaryOp.Subtract } b => Of(b.Left) is { } l && Of(b.Right) is { } r ? l.Plus(r, -1) : null,
            Expression.Binary { Op: BinaryOp.Divide, Right: Expression.Host { Value: { IsInteger: true } by } } b
                when Of(b.Left) is { Divisor: null, Constant.Constant: 0 } l && l.Query + l.Key == 1 && l.Query * l.Key == 0 => l with { Divisor = Size.From(by) },
            _ => null,
        };

        public Sum Less(Sum other) => Plus(other, -1) ?? new Sum(0, 0, null, Size.Zero);

        private Sum? Plus(Sum other, int sign)
        {
            bool hasOwn = Query != 0 || Key != 0, hasOther = other.Query != 0 || other.Key != 0;
            if (hasOwn && hasOther && !Equals(Divisor, other.Divisor)) return null;
            return new Sum(Query + (sign * other.Query), Key + (sign * other.Key), hasOwn ? Divisor : other.Divisor, Constant + (Size.Of(sign) * other.Constant));
        }
    }
}
