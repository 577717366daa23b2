using KernelForge.Compiler.Ir;

namespace KernelForge.Compiler.BackEnds;

/// <summary>Prints what the host computes of a <see cref="DifferenceFunction"/>, for both back ends.</summary>
internal static class DifferenceText
{
    /// <summary>Its value as C#, in double, for the difference that a variable holds.</summary>
    public static string Print(ProgramNames names, Expression function, string difference) =>
        new OfDifference(names, difference).Print(function, new CodeBlock(), "double");

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
