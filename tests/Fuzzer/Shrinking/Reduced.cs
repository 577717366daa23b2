using System.Collections.Immutable;
using KernelForge.Fuzzer.Descriptions;
using KernelForge.Fuzzer.Drawing;

namespace KernelForge.Fuzzer.Shrinking;

/// <summary>A description and what it is run on, each step of which takes something away.</summary>
internal sealed record Reduced(Description Description, Batch Batch)
{
    /// <summary>All that is one step smaller and still holds together, the largest steps first.</summary>
    public IEnumerable<Reduced> Smaller() => Candidates()
        .Select(candidate => candidate with { Description = Tidy.Up(candidate.Description) })
        .Where(candidate => Check.Holds(candidate.Description) && candidate.Weight < Weight);

    /// <summary>What steps make less.</summary>
    public long Weight =>
        (100L * (Description.Nodes.Sum(node => node.Parts.Count(part => part is not Node))
        + (Description.GoesOn is null ? 0 : 5 + Description.Chunk)
        + (3 * Description.Layers.Sum(l => l.Statements.Count() + l.Results.Length + l.Inputs.Length))))
        + Description.Values.Where(value => Used.Contains(value.Key)).Sum(value => (long)value.Value)
            + Batch.Lengths.Sum(lengths => lengths.Sum(n => n + 1L));

    private HashSet<HyperParameter> Used =>
    [
        .. Description.Nodes.SelectMany(n => n.Parts).Concat(Description.Layers.SelectMany(l => l.Fields).SelectMany(f => f.Arguments))
            .SelectMany(part => part switch { Size s => s.HyperParameters, HyperParameter h => [h], _ => (IEnumerable<HyperParameter>)[] }),
        .. Description.Root.Inputs.Select(i => i.Type).OfType<TokensType>().SelectMany(t => t.Width.HyperParameters),
    ];

    private IEnumerable<Reduced> Candidates()
    {
        if (Description.GoesOn is not null)
        {
            yield return this with { Description = Description with { GoesOn = null } };
            if (Description.Chunk > 1) yield return this with { Description = Description with { Chunk = 1 } };
        }
        foreach (Description d in WithFewerResults().Concat(WithFewerStatements()).Concat(WithSmallerNodes()))
            yield return this with { Description = d };
        foreach (Batch batch in SmallerBatches()) yield return this with { Batch = batch };
        foreach (Description d in WithSmallerSizes()) yield return this with { Description = d };
    }

    private IEnumerable<Description> WithFewerResults()
    {
        Layer root = Description.Root;
        if (root.Results.Length == 1) yield break;
        foreach (Node result in root.Results) yield return With(root, root with { Results = [result] });
        foreach (Node result in root.Results) yield return With(root, root with { Results = root.Results.Remove(result) });
    }

    private IEnumerable<Description> WithFewerStatements()
    {
        foreach (Layer layer in Description.Layers.Reverse())
        {
            Symbol[] symbols = [.. layer.Inputs, .. layer.Statements.SelectMany(Tidy.DeclaredBy)];
            // What a local is read for may be another that is there before it; what is returned may be any.
            foreach (Statement statement in layer.Statements.Reverse())
            {
                yield return With(layer, layer with { Body = Blocks.Without(layer.Body, statement) });
                foreach (ImmutableArray<Statement> inner in Layer.BlocksOf(statement))
                    if (statement is If) yield return With(layer, layer with { Body = Blocks.Replace(layer.Body, statement, inner) });
                if (statement is not Declare declare) continue;
                foreach (Symbol target in declare.Targets)
                    foreach (Symbol other in symbols.Where(s => s != target && target.Type.Accepts(s.Type)).Take(3))
                        yield return With(layer, Blocks.Rewrite(
                            layer with { Body = declare.Targets.Length == 1 ? Blocks.Without(layer.Body, statement) : layer.Body },
                            part => ReferenceEquals(part, target) ? other : null));
            }
            if (layer != Description.Root) continue;
            foreach (Symbol local in layer.Statements.SelectMany(Tidy.DeclaredBy).Where(s => s.Type is TokensType { Rows.IsTable: false }))
                yield return With(layer, layer with { Results = [Node.Of(local)] });
        }
    }

    private IEnumerable<Description> WithSmallerNodes()
    {
        foreach (Layer layer in Description.Layers.Reverse())
        {
            Symbol[] symbols =
                [.. layer.Inputs, .. layer.Statements.SelectMany(Tidy.DeclaredBy), .. layer.Nodes.SelectMany(n => n.Parts).OfType<Binder>()
                .Select(b => b.Symbol).Distinct()];
            foreach (Node node in layer.Nodes.Distinct().OrderByDescending(Smallest.Weight))
                foreach (Node other in Smallest.Instead(node, symbols))
                    yield return With(layer, Blocks.Rewrite(layer, part => ReferenceEquals(part, node) ? other : null));
        }
    }

    private IEnumerable<Batch> SmallerBatches()
    {
        int sequences = Batch.Lengths[0].Length;
        for (int s = 0; sequences > 1 && s < sequences; s++)
            yield return new Batch([.. Batch.Lengths.Select(lengths => ImmutableArray.Create(lengths[s]))]);
        for (int s = 0; sequences > 1 && s < sequences; s++)
            yield return new Batch([.. Batch.Lengths.Select(lengths => lengths.RemoveAt(s))]);
        for (int family = 0; family < Batch.Lengths.Length; family++)
            for (int s = 0; s < sequences; s++)
                foreach (int length in Below(Batch.Lengths[family][s], least: 0))
                    yield return new Batch(Batch.Lengths.SetItem(family, Batch.Lengths[family].SetItem(s, length)));
    }

    private IEnumerable<Description> WithSmallerSizes()
    {
        foreach (HyperParameter parameter in Used.OrderByDescending(h => Description.Values[h]))
            foreach (int value in Below(Description.Values[parameter], parameter.Kind == HyperKind.Count
                && !parameter.Name.StartsWith("start", StringComparison.Ordinal) ? 1 : 0))
                yield return Description with { Values = Description.Values.SetItem(parameter, value) };
    }

    private static IEnumerable<int> Below(int value, int least) => ((int[])[least, least + 1, 2, 3, value / 2, value - 1])
        .Where(n => n < value && n >= least).Distinct();

    private Description With(Layer old, Layer changed) => Description with { Layers = Description.Layers.Replace(old, changed) };
}
