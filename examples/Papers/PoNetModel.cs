namespace KernelForge.Papers;

/// <summary>
/// PoNet (arXiv 2110.02442): pooling of the whole sequence, of segments and of neighbours in the place of attention.
/// <c>[tokens, hidden]</c> to the same shape. Each token has the number of its segment, and 1 where it is special (CLS, SEP), else 0.
/// </summary>
[TransformerModel]
public sealed partial class PoNetModel(
    [Config("hidden")] int hidden, [Config("layers")] int depth, [Config("heads")] int heads, [Config("intermediate")] int inner,
    [Config("window")] int window, [Config("layer_norm_eps")] double epsilon)
{
    [Weight("layer.{i}")]
    private readonly Layers<PoNetLayer> layers = new(depth, () => new PoNetLayer(hidden, heads, inner, window, epsilon));

    public Tokens Forward(Tokens x, Integers segment, Integers special)
    {
        foreach (PoNetLayer layer in layers) x = layer.Forward(x, segment, special);
        return x;
    }
}

/// <summary>BERT's layer with pooling for attention.</summary>
[TransformerLayer]
public sealed partial class PoNetLayer(int hidden, int heads, int inner, int window, double epsilon)
{
    [Weight("attention.self")] private readonly PoolingMixer mixer = new(hidden, heads, window);
    [Weight("attention.output.dense")] private readonly Linear project = new(hidden, hidden);
    [Weight("attention.output.LayerNorm")] private readonly LayerNorm mixerNorm = new(hidden, epsilon);
    [Weight("intermediate.dense")] private readonly Linear expand = new(hidden, inner);
    [Weight("output.dense")] private readonly Linear contract = new(inner, hidden);
    [Weight("output.LayerNorm")] private readonly LayerNorm outputNorm = new(hidden, epsilon);

    public Tokens Forward(Tokens x, Integers segment, Integers special)
    {
        x = mixerNorm[x + project[mixer.Forward(x, segment, special)]];
        return outputNorm[x + contract[Gelu(expand[x])]];
    }
}

/// <summary>Global aggregation, segment maxima and local maxima, <c>[tokens, hidden]</c>.</summary>
[TransformerLayer]
public sealed partial class PoolingMixer(int hidden, int heads, int window)
{
    [Weight("dense_q")] private readonly Linear query = new(hidden, hidden);
    [Weight("dense_k")] private readonly Linear key = new(hidden, hidden);
    [Weight("dense_o")] private readonly Linear gate = new(hidden, hidden);
    [Weight("dense_local")] private readonly Linear near = new(hidden, hidden);
    [Weight("dense_segment")] private readonly Linear segments = new(hidden, hidden);

    public Tokens Forward(Tokens x, Integers segment, Integers special)
    {
        Tokens k = key[x], s = segments[x], l = near[x];
        Tokens whole = Attention(SequenceMean(query[x]), k, k, heads);
        Tokens ofSegment = Each(x.Rows, hidden, (t, f) =>
            special[t] != 0 ? 0 : Max(x.Length(t), u => segment[t, u] == segment[t] ? s[t, u, f] : double.NegativeInfinity));
        Tokens ofWindow = Each(x.Rows, hidden, (t, f) =>
            special[t] != 0 ? 0 : Max(window, n => IsOrdinary(t - window / 2 + n, x.Length(t), special[t, t - window / 2 + n])
                ? l[t, t - window / 2 + n, f] : double.NegativeInfinity));
        return (whole + ofSegment) * gate[x] + ofWindow;
    }

    private static bool IsOrdinary(int position, int length, int special) => position >= 0 && position < length && special == 0;
}
