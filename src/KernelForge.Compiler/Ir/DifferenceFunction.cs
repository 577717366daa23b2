using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir;

/// <summary>
/// Integer functions of the difference of two positions that go through real numbers, such as the bucket of a logarithm: the host computes them once
/// a batch for every difference, in double as the description does, so that no bucket is rounded into its neighbour.
/// </summary>
internal static class DifferenceFunction
{
    /// <summary>Whether an expression of a score or mask is one.</summary>
    public static bool Is(Expression e) => GoesThroughReals(e) && DependsOnDifferenceAlone(e);

    private static bool GoesThroughReals(Expression e) => e.Kind == ValueKind.Integer
        && e.All().Any(x => x is Expression.Convert { To: ValueKind.Integer, Argument.Kind: ValueKind.Real } or Expression.HostCall);

    private static bool DependsOnDifferenceAlone(Expression e)
    {
        // Differences taken out, no position is left.
        Expression rest = e.Replace(x => IsDifference(x) ? Expression.Of(0) : null);
        return !rest.All().Any(x => x is Expression.QueryPosition or Expression.KeyPosition or Expression.Head or Expression.Logit
            or Expression.Element or Expression.TokenElement or Expression.IntegerElement or Expression.Length or Expression.RowPosition
            or Expression.Feature or Expression.StateIndex or Expression.StateValue or Expression.Index or Expression.Fold);
    }

    private static bool IsDifference(Expression e) =>
        e is Expression.Binary { Op: BinaryOp.Subtract } b && (b.Left, b.Right) is
            (Expression.QueryPosition, Expression.KeyPosition) or (Expression.KeyPosition, Expression.QueryPosition);
}
