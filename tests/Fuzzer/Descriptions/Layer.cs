using System.Collections.Immutable;

namespace KernelForge.Fuzzer.Descriptions;

/// <summary>One class: its entry's parameters, its statements, its results.</summary>
internal sealed record Layer(string Name, ImmutableArray<Symbol> Inputs, ImmutableArray<Statement> Body, ImmutableArray<Node> Results)
{
    /// <summary>Whether its entry is an indexer over its one input.</summary>
    public bool IsIndexer { get; init; }

    /// <summary>Every node of a statement or a result, children after their parents.</summary>
    public IEnumerable<Node> Nodes
    {
        get
        {
            Node[] own = [.. NodesOf(Body).Concat(Results).SelectMany(node => node.All)];
            return own.Concat(MethodsOf(own).SelectMany(method => method.Body.All));
        }
    }

    public IEnumerable<Method> Methods => MethodsOf(NodesOf(Body).Concat(Results).SelectMany(node => node.All));

    /// <summary>What methods read, in the order in which they do.</summary>
    public IEnumerable<Field> Fields => StatementsOf(Body).OfType<Foreach>().Select(loop => loop.Layers)
        .Concat(Nodes.SelectMany(node => node.Parts).OfType<Field>()).Distinct();

    public IEnumerable<Statement> Statements => StatementsOf(Body);

    public static IEnumerable<Statement> StatementsOf(ImmutableArray<Statement> block) =>
        block.SelectMany(statement => BlocksOf(statement).SelectMany(StatementsOf).Prepend(statement));

    public static IEnumerable<ImmutableArray<Statement>> BlocksOf(Statement statement) => statement switch
    {
        If branch => [branch.Then, branch.Else],
        For loop => [loop.Body],
        Foreach loop => [loop.Body],
        _ => [],
    };

    private static IEnumerable<Method> MethodsOf(IEnumerable<Node> nodes) => nodes.SelectMany(node => node.Parts).OfType<Method>()
        .Distinct();

    private static IEnumerable<Node> NodesOf(ImmutableArray<Statement> block) => StatementsOf(block)
        .SelectMany(statement => statement switch
    {
        Declare d => [d.Value],
        Assign a => [a.Value],
        If i => [i.Condition],
        For f => [f.Count],
        _ => (Node[])[],
    });
}
