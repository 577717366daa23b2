using System.Collections.Immutable;
using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Shrinking;

/// <summary>What may stand in a node's place and is smaller.</summary>
internal static class Smallest
{
    /// <summary>Symbols of its type, its simplest form, and what it is made of; the smallest first.</summary>
    public static IEnumerable<Node> Instead(Node node, IReadOnlyCollection<Symbol> symbols)
    {
        if (node.Parts is [Symbol] or []) return [];
        IEnumerable<Node> inner = node.Children.SelectMany(child => child.All)
            .Where(child => node.Type.Accepts(child.Type) && child.Parts.Length > 0);
        IEnumerable<Node> known = symbols.Where(s => node.Type.Accepts(s.Type)).Select(Node.Of);
        return (node.Type is TokensType ? known : Simple(node.Type)).Concat(node.Type is TokensType ? Simple(node.Type) : known.Take(2))
            .Concat(inner.Take(6))
            .Where(other => Weight(other) < Weight(node));
    }

    /// <summary>How much there is to read.</summary>
    public static int Weight(Node node) => node.Parts.Sum(part => part is Node child ? Weight(child) : part is string ? 1 : 2);

    private static IEnumerable<Node> Simple(NodeType type) => type switch
    {
        TokensType t => [Node.Of(t, "", $"Each({t.Rows.Expression}, {t.Width}, (t, f) => 0.5)")],
        RealType => [Node.Of(new RealType(true), "", $"0.5")],
        IntegerType i => [Node.Of(i, "", $"0")],
        TruthType => [Node.Of(type, "", $"(0 < 1)")],
        OptionalType => [new Node(type, "", [])],
        RowSpaceType r => [r.Rows.Expression],
        _ => [],
    };
}
