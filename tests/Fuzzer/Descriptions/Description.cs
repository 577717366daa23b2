using System.Collections.Immutable;

namespace KernelForge.Fuzzer.Descriptions;

/// <summary>What must hold of sizes: <paramref name="Divisor"/> divides, or <paramref name="Most"/> is not exceeded.</summary>
internal sealed record Constraint(Size Value, Size? Divisor = null, Size? Most = null)
{
    public bool Holds(IReadOnlyDictionary<HyperParameter, int> values) =>
        (Divisor is null || Value.Value(values) % Divisor.Value(values) == 0)
            && (Most is null || Value.Value(values) <= Most.Value(values));
}

/// <summary>A layer with all layers in it, and what its hyper-parameters are worth.</summary>
/// <param name="Seed">What it was drawn from.</param>
/// <param name="Layers">The layer itself last, each after those that it contains.</param>
internal sealed record Description(
    int Seed, ImmutableArray<Layer> Layers, ImmutableDictionary<HyperParameter, int> Values, ImmutableArray<Constraint> Constraints)
{
    /// <summary>The rows that go on from run to run; null for a layer that is not incremental.</summary>
    public Rows? GoesOn { get; init; }

    /// <summary>How many rows an incremental layer's masks hold together.</summary>
    public int Chunk { get; init; } = 1;

    public Layer Root => Layers[^1];

    public string Namespace => $"Drawn{(Seed < 0 ? "N" : "")}{Math.Abs((long)Seed)}";

    public IEnumerable<Node> Nodes => Layers.SelectMany(layer => layer.Nodes);

    /// <summary>What of the language stands in it.</summary>
    public IReadOnlySet<string> Ops => Nodes.Select(node => node.Op).Where(op => op.Length > 0).ToHashSet();

    public Layer this[string name] => Layers.First(layer => layer.Name == name);

    /// <summary>Parameters of a layer's constructor, in the order in which the layer names them.</summary>
    public IReadOnlyList<HyperParameter> HyperParametersOf(Layer layer)
    {
        List<HyperParameter> found = [];
        foreach (object part in layer.Nodes.SelectMany(node => node.Parts).Concat(layer.Fields.SelectMany(field => field.Arguments)))
            Add(part);
        foreach (Size? width in layer.Inputs.Select(input => (input.Type as TokensType)?.Width)) if (width is not null) Add(width);
        return found;

        void Add(object part)
        {
            IEnumerable<HyperParameter> some = part switch
            {
                Size size => size.HyperParameters,
                HyperParameter one => [one],
                Construction inner => HyperParametersOf(this[inner.Layer]).Where(h => !inner.Given.ContainsKey(h))
                    .Concat(inner.Given.Where(g => HyperParametersOf(this[inner.Layer]).Contains(g.Key))
                        .SelectMany(g => g.Value).OfType<Size>().SelectMany(size => size.HyperParameters)),
                Node node => node.All.SelectMany(n => n.Parts).SelectMany(p => p switch
                {
                    Size size => size.HyperParameters,
                    HyperParameter one => [one],
                    _ => (IEnumerable<HyperParameter>)[],
                }),
                _ => [],
            };
            found.AddRange(some.Where(h => !h.IsLiteral && !found.Contains(h)));
        }
    }
}
