using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Incremental;

/// <summary>
/// A position as far as it can be told without a batch: ⌊<paramref name="Times"/> · t / <paramref name="Per"/>⌋ + <paramref name="Offset"/>, t being the
/// row that is computed, or a multiple of the sequence's length where <paramref name="FromEnd"/>.
/// </summary>
/// <param name="Times">Zero for a position that is the same in every row.</param>
internal sealed record PositionBound(Size Times, Size Per, Size Offset, bool FromEnd)
{
    public static PositionBound Of(Size offset) => new(Size.Zero, Size.One, offset, false);

    public bool IsConstant => Times.Constant == 0;

    public PositionBound Plus(Size more) => this with { Offset = Offset + more };
}

/// <summary>Between which bounds an integer of a lambda lies, both included; a bound is null where nothing is known.</summary>
internal sealed record PositionRange(PositionBound? Low, PositionBound? High)
{
    public static PositionRange Unknown { get; } = new(null, null);

    public static PositionRange Exactly(PositionBound bound) => new(bound, bound);

    public static PositionRange Between(Size low, Size high) => new(PositionBound.Of(low), PositionBound.Of(high));

    /// <summary>The one value that it has, where it has one and that is the same in every row.</summary>
    private Size? Constant => Low is { IsConstant: true } && Low.Equals(High) ? Low.Offset : null;

    /// <summary>The range of an integer expression.</summary>
    /// <param name="e">The expression.</param>
    /// <param name="features">How many features the row has.</param>
    /// <param name="factor">How many rows a row space has for each row that goes on; null where it has not the same for each.</param>
    /// <param name="counts">The ranges of the variables of the folds around it.</param>
    public static PositionRange Of(Expression e, Size features, Func<int, Size?> factor, IReadOnlyDictionary<int, PositionRange> counts)
    {
        switch (e)
        {
            case Expression.Host { Value: { IsInteger: true } s }:
                return Exactly(PositionBound.Of(Size.From(s)));
            case Expression.RowPosition:
                return Exactly(new PositionBound(Size.One, Size.One, Size.Zero, false));
            case Expression.Feature:
                return Between(Size.Zero, features - Size.One);
            case Expression.Index i:
                return counts.TryGetValue(i.Id, out PositionRange? known) ? known : Unknown;
            case Expression.Length l when factor(l.Space) is { } times:
                return Exactly(new PositionBound(times, Size.One, Size.Zero, true));
            case Expression.Unary { Op: UnaryOp.Negate } u:
                PositionRange negated = Of(u.Argument, features, factor, counts);
                return new PositionRange(Negated(negated.High), Negated(negated.Low));
            case Expression.Binary b:
                return Of(b.Op, Of(b.Left, features, factor, counts), Of(b.Right, features, factor, counts));
            case Expression.Select s:
                PositionRange whenTrue = Of(s.WhenTrue, features, factor, counts);
                return whenTrue.Equals(Of(s.WhenFalse, features, factor, counts)) ? whenTrue : Unknown;
            default:
                return Unknown;
        }
    }

    private static PositionRange Of(BinaryOp op, PositionRange a, PositionRange b)
    {
        switch (op)
        {
            case BinaryOp.Add:
                return new PositionRange(Sum(a.Low, b.Low), Sum(a.High, b.High));
            case BinaryOp.Subtract:
                return new PositionRange(Sum(a.Low, Negated(b.High)), Sum(a.High, Negated(b.Low)));
            case BinaryOp.Multiply when (b.Constant ?? a.Constant) is { } times:
                PositionRange of = b.Constant is not null ? a : b;
                return new PositionRange(Product(of.Low, times), Product(of.High, times));
            case BinaryOp.Divide when b.Constant is { } per:
                return new PositionRange(Quotient(a.Low, per), Quotient(a.High, per));
            case BinaryOp.Remainder when b.Constant is { } period && a.Low is { IsConstant: true, Offset.Constant: >= 0 }:
                return Between(Size.Zero, period - Size.One);
            case BinaryOp.Remainder when b.Constant is { } period && a.Low is { IsConstant: false, FromEnd: false, Offset.Constant: >= 0 }:
                return Between(Size.Zero, period - Size.One);
            default:
                return Unknown;
        }
    }

    private static PositionBound? Negated(PositionBound? a) => a is { IsConstant: true } ? PositionBound.Of(Size.Zero - a.Offset) : null;

    private static PositionBound? Sum(PositionBound? a, PositionBound? b) =>
        a is null || b is null ? null : b.IsConstant ? a.Plus(b.Offset) : a.IsConstant ? b.Plus(a.Offset) : null;

    /// <summary>A factor that is a size of the model is taken for positive: it counts something.</summary>
    private static PositionBound? Product(PositionBound? a, Size times)
    {
        if (a is null || times.Constant < 0) return null;
        if (a.IsConstant) return PositionBound.Of(a.Offset * times);
        return a.Per.IsOne ? a with { Times = a.Times * times, Offset = a.Offset * times } : null;
    }

    private static PositionBound? Quotient(PositionBound? a, Size per)
    {
        if (a is null || per.Constant <= 0) return null;
        if (a.IsConstant)
        {
            if (a.Offset.Divides(per, out Size? exact)) return PositionBound.Of(exact!);
            return a.Offset.Constant is { } n && per.Constant is { } p ? PositionBound.Of(Size.Of(n / p)) : null;
        }
        // An offset inside of a quotient leaves it only in whole multiples.
        if (a.FromEnd || !a.Offset.Divides(per, out Size? offset)) return null;
        return a.Times.Divides(per, out Size? times) && a.Per.IsOne
            ? a with { Times = times!, Offset = offset! }
            : a with { Per = a.Per * per, Offset = offset! };
    }
}
