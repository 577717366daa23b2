using System.Collections.Immutable;

namespace KernelForge.Fuzzer.Descriptions;

/// <summary>Takes away what nothing reads: locals, inputs, layers.</summary>
internal static class Tidy
{
    public static Description Up(Description description)
    {
        ImmutableArray<Layer> layers = [.. description.Layers.Select(Up)];
        Description tidy = description with { Layers = layers };
        HashSet<string> reached = [];
        Reach(tidy.Root);
        return tidy with { Layers = [.. layers.Where(layer => reached.Contains(layer.Name))] };

        void Reach(Layer layer)
        {
            if (!reached.Add(layer.Name)) return;
            foreach (Construction inner in layer.Fields.SelectMany(field => field.Arguments).OfType<Construction>())
                Reach(tidy[inner.Layer]);
        }
    }

    /// <summary>What a statement's own nodes read.</summary>
    public static IEnumerable<Symbol> ReadBy(Statement statement) => statement switch
    {
        Declare d => ReadBy(d.Value),
        Assign a => ReadBy(a.Value),
        If i => ReadBy(i.Condition),
        For f => ReadBy(f.Count),
        _ => [],
    };

    public static IEnumerable<Symbol> DeclaredBy(Statement statement) => statement is Declare d ? d.Targets : [];

    public static IEnumerable<Symbol> ReadBy(Node node) => node.All.SelectMany(n => n.Parts).OfType<Symbol>();

    public static Layer Up(Layer layer)
    {
        while (true)
        {
            HashSet<Symbol> read = [.. layer.Statements.SelectMany(ReadBy), .. layer.Results.SelectMany(ReadBy)];
            ImmutableArray<Statement> body = Up(layer.Body, read);
            if (Layer.StatementsOf(body).Count() == layer.Statements.Count())
            {
                // A layer within others takes what it is given.
                bool isRoot = layer.Name == "Root";
                ImmutableArray<Symbol> inputs = [.. layer.Inputs.Where(input => !isRoot || read.Contains(input))];
                return inputs.IsEmpty ? layer : layer with { Inputs = inputs };
            }
            layer = layer with { Body = body };
        }
    }

    private static ImmutableArray<Statement> Up(ImmutableArray<Statement> block, HashSet<Symbol> read) =>
    [
        .. block.Select(statement => statement switch
        {
            If i => i with { Then = Up(i.Then, read), Else = Up(i.Else, read) },
            For f => f with { Body = Up(f.Body, read) },
            Foreach f => f with { Body = Up(f.Body, read) },
            _ => statement,
        }).Where(statement => statement switch
        {
            Declare d => d.Targets.Any(read.Contains),
            Assign a => read.Contains(a.Target),
            If i => i.Then.Length + i.Else.Length > 0,
            For f => f.Body.Length > 0,
            Foreach f => f.Body.Length > 0,
            _ => true,
        }),
    ];
}
