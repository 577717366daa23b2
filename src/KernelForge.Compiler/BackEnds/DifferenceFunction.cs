using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds;

/// <summary>
/// Integer functions of the difference of two positions that go through real numbers, such as the bucket of a logarithm: computed once a batch
/// for every difference, in double as the description computes them, so that no bucket is rounded into its neighbour.
/// </summary>
internal static class DifferenceFunction
{
    /// <summary>Whether an expression of a score or mask is one.</summary>
    public static bool Is(Expression e) => GoesThroughReals(e) && DependsOnDifferenceAlone(e);

    /// <summary>Its value as C#, in double, for the difference that a variable holds.</summary>
    public static string Print(ProgramNames names, Expression function, string difference) =>
        new OfDifference(names, difference).Print(function, new CodeBlock(), "double");

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

    /// <summary>With the key at position 0, the query is at the difference; nothing in memory is read.</summary>
    private sealed class OfDifference(ProgramNames names, string difference) : HostElementCode(names.Unique)
    {
        protected override string Host(Scalar value, string type) => CSharpConstant.Of(value, type) ?? "(" + names.Scalar(value) + ")";

        protected override string Leaf(Expression leaf) => leaf switch
        {
            Expression.QueryPosition => difference,
            Expression.KeyPosition => "0",
            _ => throw NotOfDifference(),
        };

        protected override string Length(Expression.Length length) => throw NotOfDifference();

        protected override string IntegerElement(Expression.IntegerElement element, string? position) => throw NotOfDifference();

        protected override string Element(Expression.Element element, IReadOnlyList<string> indices, string real) => throw NotOfDifference();

        protected override string TokenElement(Expression.TokenElement element, string? position, string column, string real) =>
            throw NotOfDifference();

        private static NotSupportedException NotOfDifference() => new("a function of the difference of positions reads nothing in memory");
    }
}
