namespace KernelForge.Papers;

/// <summary>
/// Informer's encoder (arXiv 2012.07436): ProbSparse attention, and between two layers a distillation that halves the sequence.
/// <c>[tokens, hidden]</c> to <c>[half as many, rounded up, hidden]</c>.
/// </summary>
/// <remarks>
/// Which keys a query is measured by is drawn by the caller: for each layer, and each of its tokens, as many positions of tokens as queries
/// are to be active, token after token.
/// </remarks>
[TransformerModel]
[Requires("layers", 2)]
public sealed partial class InformerModel(
    [Config("hidden")] int hidden, [Config("heads")] int heads, [Config("intermediate")] int inner,
    [Config("layer_norm_eps")] double epsilon, [Config("batch_norm_eps")] double batchEpsilon)
{
    [Weight("")] private readonly DistillingLayer first = new(hidden, heads, inner, epsilon, batchEpsilon);
    [Weight("attn_layers.1")] private readonly InformerLayer second = new(hidden, heads, inner, epsilon);
    private readonly LayerNorm norm = new(hidden, epsilon);

    public Tokens Forward(Tokens x, Integers sample, Integers distilledSample) =>
        norm[second.Forward(first.Forward(x, sample), distilledSample)];
}

/// <summary>
/// A layer, then a convolution of three taps that goes round and the maximum of three with stride 2: half the rows, rounded up.
/// </summary>
[TransformerLayer]
public sealed partial class DistillingLayer(int hidden, int heads, int inner, double epsilon, double batchEpsilon)
{
    [Weight("attn_layers.0")] private readonly InformerLayer layer = new(hidden, heads, inner, epsilon);
    [Weight("conv_layers.0.downConv")] private readonly Linear taps = new(3 * hidden, hidden);
    [Weight("conv_layers.0.norm")] private readonly BatchNorm norm = new(hidden, batchEpsilon);

    public Tokens Forward(Tokens x, Integers sample)
    {
        Tokens y = layer.Forward(x, sample);
        y = norm[taps[Each(y.Rows, 3 * hidden, (t, f) => y[t, (t + f % 3 - 1 + y.Length(t)) % y.Length(t), f / 3])]];
        return WindowMax(Max(y, 0) + Exp(Min(y, 0)) - 1, window: 3, stride: 2, padding: 1);
    }
}

/// <summary>A layer with its norms behind: the queries that differ most from an even reading attend, the others read the mean.</summary>
[TransformerLayer]
public sealed partial class InformerLayer(int hidden, int heads, int inner, double epsilon)
{
    private readonly int width = hidden / heads;

    [Weight("attention.query_projection")] private readonly Linear query = new(hidden, hidden);
    [Weight("attention.key_projection")] private readonly Linear key = new(hidden, hidden);
    [Weight("attention.value_projection")] private readonly Linear value = new(hidden, hidden);
    [Weight("attention.out_projection")] private readonly Linear project = new(hidden, hidden);
    [Weight("norm1")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("conv1")] private readonly Linear expand = new(hidden, inner);
    [Weight("conv2")] private readonly Linear contract = new(inner, hidden);
    [Weight("norm2")] private readonly LayerNorm outputNorm = new(hidden, epsilon);

    public Tokens Forward(Tokens x, Integers sample)
    {
        Tokens q = query[x], k = key[x];
        Tokens sparsity = Each(x.Rows, heads, (t, h) =>
            Max(sample.Length(t) / x.Length(t), s => Sum(width, c =>
                q[t, h * width + c] * k[t, sample[t, t * (sample.Length(t) / x.Length(t)) + s], h * width + c]))
            - Sum(sample.Length(t) / x.Length(t), s => Sum(width, c =>
                q[t, h * width + c] * k[t, sample[t, t * (sample.Length(t) / x.Length(t)) + s], h * width + c])) / x.Length(t));
        Tokens rank = Rank(sparsity);
        // A lazy query finds every key alike: it reads the mean.
        Tokens context = Attention(q, k, value[x], heads,
            score: (s, i, j, h) => rank[i, h] < sample.Length(i) / x.Length(i) ? s : 0);
        x = attentionNorm[x + project[context]];
        return outputNorm[x + contract[Gelu(expand[x])]];
    }
}
