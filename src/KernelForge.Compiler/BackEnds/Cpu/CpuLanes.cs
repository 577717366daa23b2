using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>
/// Whether a lambda can be computed for neighbouring features (or states) at once, a lane each: every read is of one place or of neighbouring ones, and
/// every choice by integers is the same in all lanes. Where an integer jumps, as the remainder by a head's width does, the lanes end: see
/// <see cref="Breaks"/>.
/// </summary>
/// <param name="isLane">Whether a leaf is what the lanes count: <see cref="Expression.Feature"/>, or <see cref="Expression.StateIndex"/>.</param>
/// <param name="isKnown">Whether a leaf is at hand where it is decided how far the lanes reach.</param>
internal sealed class CpuLanes(EquatableArray<ElementOperand> operands, Func<Expression, bool> isLane, Func<Expression, bool> isKnown)
{
    /// <summary>Below so many lanes, one after another is as fast.</summary>
    private const int FewestLanes = 4;

    private readonly List<LaneBreak> breaks = [];
    private readonly HashSet<int> transposed = [];

    /// <summary>What ends a stretch of lanes.</summary>
    public IReadOnlyList<LaneBreak> Breaks => breaks;

    /// <summary>Parameters that are read with the lanes counting their rows: from a copy turned round.</summary>
    public IReadOnlyCollection<int> Transposed => transposed;

    /// <summary>The features of an element kernel as lanes, or null.</summary>
    public static CpuLanes? Of(ElementKernel kernel)
    {
        var lanes = new CpuLanes(kernel.Operands, e => e is Expression.Feature, e => e is not Expression.Index);
        return lanes.Fits(kernel.Value) ? lanes : null;
    }

    /// <summary>The features of a scan as lanes, or null.</summary>
    public static CpuLanes? OfFeatures(ScanKernel kernel)
    {
        var lanes = new CpuLanes(kernel.Operands, e => e is Expression.Feature, IsOfNoRow);
        return lanes.Fits(kernel.Step) && lanes.Fits(kernel.Value) ? lanes : null;
    }

    /// <summary>The states of a scan as lanes, or null.</summary>
    public static CpuLanes? OfStates(ScanKernel kernel)
    {
        var lanes = new CpuLanes(kernel.Operands, e => e is Expression.StateIndex, IsOfNoRow);
        return lanes.Fits(kernel.Step) && lanes.Fits(kernel.Value) && lanes.breaks.Count == 0 ? lanes : null;
    }

    /// <summary>The features or states of a part of a scan as lanes, where no lanes end before the last; or null.</summary>
    public static CpuLanes? OfPart(ScanKernel kernel, Expression part, Func<Expression, bool> isLane)
    {
        var lanes = new CpuLanes(kernel.Operands, isLane, IsOfNoRow);
        return lanes.Fits(part) && lanes.breaks.Count == 0 && lanes.transposed.Count == 0 ? lanes : null;
    }

    public bool Varies(Expression e) => e.All().Any(x => isLane(x) || x is Expression.StateValue);

    /// <summary>Whether it is true or false lane by lane.</summary>
    public bool IsMask(Expression e) => e switch
    {
        Expression.Binary { Op: >= BinaryOp.Equal and <= BinaryOp.GreaterOrEqual } b =>
            (b.Left.Kind == ValueKind.Real || b.Right.Kind == ValueKind.Real) && Varies(b),
        Expression.Binary { Op: BinaryOp.And or BinaryOp.Or } b => IsMask(b.Left) || IsMask(b.Right),
        Expression.Unary { Op: UnaryOp.Not } u => IsMask(u.Argument),
        _ => false,
    };

    /// <summary>By how much an integer grows from lane to lane: 1, 0 or -1; null where that is not so.</summary>
    public int? Slope(Expression e)
    {
        if (!Varies(e)) return 0;
        if (isLane(e)) return 1;
        switch (e)
        {
            case Expression.Unary { Op: UnaryOp.Negate } u: return Small(-Slope(u.Argument));
            case Expression.Binary { Op: BinaryOp.Add } b: return Small(Slope(b.Left) + Slope(b.Right));
            case Expression.Binary { Op: BinaryOp.Subtract } b: return Small(Slope(b.Left) - Slope(b.Right));
            case Expression.Binary { Op: BinaryOp.Multiply } b: return Slope(b.Left) == 0 && Slope(b.Right) == 0 ? 0 : null;
            case Expression.Binary { Op: BinaryOp.Divide or BinaryOp.Remainder } b: return OfDivision(b);
            case Expression.Call c: return c.Arguments.All(a => a.Kind == ValueKind.Integer && Slope(a) == 0) ? 0 : null;
            case Expression.Select s when FitsTruth(s.Condition) && !IsMask(s.Condition):
                return Slope(s.WhenTrue) is { } slope && Slope(s.WhenFalse) == slope ? slope : null;
            case Expression.IntegerElement { Position: { } position }: return Slope(position) == 0 ? 0 : null;
            default: return null;
        }

        static int? Small(int? slope) => slope is >= -1 and <= 1 ? slope : null;
    }

    private int? OfDivision(Expression.Binary b)
    {
        if (Slope(b.Right) != 0) return null;
        if (Slope(b.Left) is not (0 or 1) || b.Right is Expression.Host { Value.Constant: < FewestLanes }) return null;
        if (Slope(b.Left) == 0) return 0;
        return Break(new LaneBreak(b.Left, b.Right, null)) ? b.Op == BinaryOp.Remainder ? 1 : 0 : null;
    }

    private bool Fits(Expression e)
    {
        if (!Varies(e)) return true;
        if (e.Kind == ValueKind.Integer) return Slope(e) is 0 or 1;
        if (e.Kind == ValueKind.Boolean) return FitsTruth(e);
        return e switch
        {
            Expression.StateValue => true,
            Expression.Binary { Op: BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply or BinaryOp.Divide } b => Fits(b.Left) && Fits(b.Right),
            Expression.Unary { Op: UnaryOp.Negate } u => Fits(u.Argument),
            Expression.Call c => c.Arguments.All(Fits),
            Expression.Convert c => Fits(c.Argument),
            Expression.Select s => FitsTruth(s.Condition) && Fits(s.WhenTrue) && Fits(s.WhenFalse)
                && (!IsMask(s.Condition) || (IsSafe(s.WhenTrue) && IsSafe(s.WhenFalse))),
            Expression.TokenElement t => (t.Position is null || Slope(t.Position) == 0) && Slope(t.Column) is 0 or 1,
            Expression.Element x => FitsElement(x),
            Expression.Fold f => f.FoldKind != FoldKind.ArgMax && Slope(f.Count) == 0 && Fits(f.Body),
            _ => false,
        };
    }

    private bool FitsElement(Expression.Element x)
    {
        int?[] slopes = [.. x.Indices.Select(Slope)];
        if (slopes[slopes.Length - 1] is not (0 or 1)) return false;
        if (slopes.Length == 1 || slopes[0] == 0) return true;
        if (slopes[0] != 1 || slopes[1] != 0 || operands[x.Number] is not ElementOperand.Parameter p) return false;
        transposed.Add(p.Number);
        return true;
    }

    private bool FitsTruth(Expression e)
    {
        if (!Varies(e)) return true;
        switch (e)
        {
            case Expression.Unary { Op: UnaryOp.Not } u:
                return FitsTruth(u.Argument) && !IsMask(u.Argument);
            case Expression.Binary { Op: BinaryOp.And or BinaryOp.Or } b:
                return FitsTruth(b.Left) && FitsTruth(b.Right)
                    && ((IsMask(b.Left) && IsMask(b.Right) && b.Op == BinaryOp.And) || (!IsMask(b.Left) && !IsMask(b.Right)));
            case Expression.Binary { Op: >= BinaryOp.Equal and <= BinaryOp.GreaterOrEqual } b when IsMask(b):
                return b.Op is not (BinaryOp.Equal or BinaryOp.NotEqual) && Fits(b.Left) && Fits(b.Right);
            case Expression.Binary { Op: >= BinaryOp.Equal and <= BinaryOp.GreaterOrEqual, Left.Kind: ValueKind.Integer } b:
                int? difference = Slope(b.Left) - Slope(b.Right);
                return difference == 0 || (difference is 1 or -1 && Break(new LaneBreak(b.Left, b.Right, difference)));
            default:
                return false;
        }
    }

    /// <summary>Whether its reads lie within their rows in the lanes for which another branch is taken, too.</summary>
    private bool IsSafe(Expression branch) => branch.All().OfType<Expression.TokenElement>().All(t => isLane(t.Column) || !Varies(t.Column));

    private bool Break(LaneBreak at)
    {
        if (!at.Left.All().Concat(at.Right.All()).All(isKnown)) return false;
        if (!breaks.Contains(at)) breaks.Add(at);
        return true;
    }

    private static bool IsOfNoRow(Expression e) => e is not (Expression.Index or Expression.RowPosition or Expression.IntegerElement or Expression.TokenElement
        or Expression.Length or Expression.StateIndex or Expression.StateValue);
}

/// <summary>
/// Where lanes end: before <paramref name="Left"/> comes to the next multiple of <paramref name="Right"/>; or, where their difference grows by
/// <paramref name="Slope"/> from lane to lane, before it changes its sign.
/// </summary>
internal sealed record LaneBreak(Expression Left, Expression Right, int? Slope);
