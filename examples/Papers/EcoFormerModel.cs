namespace KernelForge.Papers;

/// <summary>
/// EcoFormer (arXiv 2209.09004): linear attention over binary hash codes. <c>[tokens, hidden]</c> to the same shape.
/// </summary>
[TransformerModel]
public sealed partial class EcoFormerModel(
    [Config("hidden")] int hidden, [Config("layers")] int depth, [Config("heads")] int heads, [Config("mlp")] int inner,
    [Config("bits")] int bits, [Config("anchors")] int anchors, [Config("eps")] double epsilon)
{
    private readonly Layers<EcoFormerLayer> layers = new(depth, () => new EcoFormerLayer(hidden, heads, inner, bits, anchors, epsilon));

    public Tokens Forward(Tokens x)
    {
        foreach (EcoFormerLayer layer in layers) x = layer.Forward(x);
        return x;
    }
}

/// <summary>
/// A layer with its norms in front. What every key adds to each weight counts, as in the paper's code, for the token's own value alone; with
/// <paramref name="ofAll"/> for the values of the whole sequence, as the kernel would have it.
/// </summary>
[TransformerLayer]
public sealed partial class EcoFormerLayer(int hidden, int heads, int inner, int bits, int anchors, double epsilon, bool ofAll = false)
{
    private readonly int width = hidden / heads;

    [Weight("norm1")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("attn")] private readonly BinaryHash hash = new(hidden, heads, bits, anchors);
    [Weight("attn.to_v")] private readonly Linear value = new(hidden, hidden);
    [Weight("attn.proj")] private readonly Linear project = new(hidden, hidden);
    [Weight("norm2")] private readonly LayerNorm unitNorm = new(hidden, epsilon);
    [Weight("mlp.fc1")] private readonly Linear expand = new(hidden, inner);
    [Weight("mlp.fc2")] private readonly Linear contract = new(inner, hidden);

    public Tokens Forward(Tokens x)
    {
        Tokens y = attentionNorm[x];
        x += project[Attended(hash[y], value[y])];
        return x + contract[Gelu(expand[unitNorm[x]])];
    }

    // The weight of a pair is code · code + bits + 1: nothing but sums over the sequence is needed.
    private Tokens Attended(Tokens code, Tokens v)
    {
        Tokens read = Each(v.Rows.Sequences, heads * bits * width, (s, f) =>
            Sum(v.Length(s), j => code[s, j, f / width] * v[s, j, f / (bits * width) * width + f % width]));
        Tokens norm = Sum(code * SequenceSum(code), groups: heads);
        Tokens own = ofAll ? SequenceSum(v) + 0 * v : v;
        return Each(v.Rows, hidden, (t, f) =>
            (Sum(bits, b => code[t, f / width * bits + b] * read[t, (f / width * bits + b) * width + f % width]) + (bits + 1) * own[t, f])
            / (norm[t, f / width] + (bits + 1) * v.Length(t)));
    }
}

/// <summary>
/// Kernel-based hashing of what is query and key in one: signs of learned combinations of its similarities to anchors,
/// <c>[tokens, heads × bits]</c> of −1, 0 and 1.
/// </summary>
[TransformerLayer]
public sealed partial class BinaryHash(int hidden, int heads, int bits, int anchors)
{
    private readonly int width = hidden / heads;

    [Weight("to_qk")] private readonly Linear queryKey = new(hidden, hidden);
    [Weight("ksh.anchor")] private readonly Parameter anchor = new(heads * anchors, hidden / heads);
    [Weight("ksh.mvec")] private readonly Parameter mean = new(heads * anchors);
    [Weight("ksh.A")] private readonly Parameter combination = new(heads * bits, anchors);

    public Tokens this[Tokens x]
    {
        get
        {
            Tokens s = queryKey[x], length = Sqrt(Sum(s * s, groups: heads));
            Tokens unit = Each(x.Rows, hidden, (t, f) => s[t, f] / length[t, f / width]);
            Tokens distance = Each(x.Rows, heads * anchors, (t, a) =>
                Sum(width, c => Pow(unit[t, a / anchors * width + c] - anchor[a, c], 2)));
            Tokens spread = SequenceMean(Mean(distance, groups: heads));
            Tokens similarity = Each(x.Rows, heads * anchors, (t, a) => Exp(-distance[t, a] / (2 * spread[t, a / anchors])) - mean[a]);
            return Each(x.Rows, heads * bits, (t, b) => Sign(Sum(anchors, a => combination[b, a] * similarity[t, b / bits * anchors + a])));
        }
    }
}
