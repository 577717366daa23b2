namespace KernelForge.Papers;

/// <summary>
/// Combiner-Fixed (arXiv 2107.05768): causal attention to the tokens of the own segment and to summaries of the segments before it.
/// <c>[tokens, hidden]</c> to the same shape.
/// </summary>
[TransformerModel]
public sealed partial class CombinerModel(
    [Config("hidden")] int hidden, [Config("layers")] int depth, [Config("heads")] int heads, [Config("mlp")] int inner,
    [Config("segment")] int segment, [Config("eps")] double epsilon)
{
    private readonly Layers<CombinerLayer> layers = new(depth, () => new CombinerLayer(hidden, heads, inner, segment, epsilon));

    public Tokens Forward(Tokens x)
    {
        foreach (CombinerLayer layer in layers) x = layer.Forward(x);
        return x;
    }
}

/// <summary>A layer with its norms in front.</summary>
[TransformerLayer]
public sealed partial class CombinerLayer(int hidden, int heads, int inner, int segment, double epsilon)
{
    [Weight("ln0")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("")] private readonly CombinerAttention attention = new(hidden, heads, segment);
    [Weight("out")] private readonly Linear project = new(hidden, hidden, bias: false);
    [Weight("ln1")] private readonly LayerNorm unitNorm = new(hidden, epsilon);
    [Weight("mlp.fc1")] private readonly Linear expand = new(hidden, inner);
    [Weight("mlp.fc2")] private readonly Linear contract = new(inner, hidden);

    public Tokens Forward(Tokens x)
    {
        x += project[attention[attentionNorm[x]]];
        return x + contract[Relu(expand[unitNorm[x]])];
    }
}

/// <summary>The factorised attention, its heads side by side.</summary>
[TransformerLayer]
public sealed partial class CombinerAttention(int hidden, int heads, int segment)
{
    private readonly Linear query = new(hidden, hidden, bias: false);
    private readonly Linear key = new(hidden, hidden, bias: false);
    private readonly Linear value = new(hidden, hidden, bias: false);

    public Tokens this[Tokens x]
    {
        get
        {
            Tokens q = query[x], k = key[x], v = value[x];
            // A summary for each complete segment: the maxima of its queries and keys, and what that query reads of the segment.
            RowSpace segments = x.Rows.WithLengths(x.Rows.Lengths / segment);
            Tokens queries = Each(segments, hidden, (s, f) => Max(segment, n => q[s, s * segment + n, f]));
            Tokens keys = Each(segments, hidden, (s, f) => Max(segment, n => k[s, s * segment + n, f]));
            Tokens values = Attention(queries, k, v, heads, mask: (s, j) => j / segment == s);
            // One softmax over both: the sequence's tokens, and its summaries after them.
            RowSpace both = x.Rows.WithLengths(x.Rows.Lengths + x.Rows.Lengths / segment);
            Tokens allKeys = Each(both, hidden, (j, f) => j < k.Length(j) ? k[j, j, f] : keys[j, j - k.Length(j), f]);
            Tokens allValues = Each(both, hidden, (j, f) => j < v.Length(j) ? v[j, j, f] : values[j, j - v.Length(j), f]);
            return Attention(q, allKeys, allValues, heads,
                mask: (i, j) => j < q.Length(i) ? j <= i && j / segment == i / segment : j - q.Length(i) < i / segment);
        }
    }
}
