namespace KernelForge.Papers;

/// <summary>RetNet (arXiv 2307.08621): multi-scale retention, causal. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerModel]
[Incremental]
public sealed partial class RetNetModel(
    [Config("hidden")] int hidden, [Config("layers")] int depth, [Config("heads")] int heads, [Config("value")] int valueWidth,
    [Config("ffn")] int inner, [Config("eps")] double epsilon)
{
    private readonly Layers<RetNetLayer> layers = new(depth, () => new RetNetLayer(hidden, heads, valueWidth, inner, epsilon));
    [Weight("layer_norm")] private readonly RmsNorm norm = new(hidden, epsilon);

    public Tokens Forward(Tokens x)
    {
        foreach (RetNetLayer layer in layers) x = layer.Forward(x);
        return norm[x];
    }
}

/// <summary>Retention, normalised a head and gated, then a gated unit; norms in front.</summary>
[TransformerLayer]
public sealed partial class RetNetLayer(int hidden, int heads, int valueWidth, int inner, double epsilon)
{
    private readonly int headWidth = valueWidth / heads;

    [Weight("retention_layer_norm")] private readonly RmsNorm retentionNorm = new(hidden, epsilon);
    [Weight("retention")] private readonly Retention retention = new(hidden, heads, valueWidth);
    [Weight("retention.g_proj")] private readonly Linear retentionGate = new(hidden, valueWidth, bias: false);
    [Weight("retention.out_proj")] private readonly Linear project = new(valueWidth, hidden, bias: false);
    [Weight("final_layer_norm")] private readonly RmsNorm unitNorm = new(hidden, epsilon);
    [Weight("ffn.fc1")] private readonly Linear expand = new(hidden, inner, bias: false);
    [Weight("ffn.gate")] private readonly Linear gate = new(hidden, inner, bias: false);
    [Weight("ffn.fc2")] private readonly Linear contract = new(inner, hidden, bias: false);

    public Tokens Forward(Tokens x)
    {
        Tokens y = retentionNorm[x], retained = retention.Forward(y);
        Tokens size = Sqrt(Mean(retained * retained, groups: heads) + epsilon);
        Tokens normed = Each(x.Rows, valueWidth, (t, f) => retained[t, f] / size[t, f / headWidth]);
        x += project[Silu(retentionGate[y]) * normed];
        y = unitNorm[x];
        return x + contract[Gelu(expand[y]) * gate[y]];
    }
}

/// <summary>
/// The recurrent form: each head keeps a matrix of its keys and values that fades by its own factor. <c>[tokens, hidden]</c> to
/// <c>[tokens, value width]</c>, heads side by side.
/// </summary>
[TransformerLayer]
public sealed partial class Retention(int hidden, int heads, int valueWidth)
{
    private readonly int keyWidth = hidden / heads;
    private readonly int headWidth = valueWidth / heads;

    [Weight("q_proj")] private readonly Linear query = new(hidden, hidden, bias: false);
    [Weight("k_proj")] private readonly Linear key = new(hidden, hidden, bias: false);
    [Weight("v_proj")] private readonly Linear value = new(hidden, valueWidth, bias: false);

    public Tokens Forward(Tokens x)
    {
        // Wavelengths on an even grid from 1 to 10000, both included.
        Tokens cos = Each(x.Rows, keyWidth / 2, (t, m) => Cos(t * Pow(10000, -m / (keyWidth / 2 - 1.0))));
        Tokens sin = Each(x.Rows, keyWidth / 2, (t, m) => Sin(t * Pow(10000, -m / (keyWidth / 2 - 1.0))));
        Tokens q = Rotate(query[x], cos, sin, heads, interleaved: true);
        Tokens k = Rotate(key[x], cos, sin, heads, interleaved: true) / Sqrt(keyWidth);
        Tokens v = value[x];
        return Scan(
            x.Rows, valueWidth, keyWidth,
            step: (t, f, n, h) => (1 - Pow(2, -5 - f / headWidth)) * h + k[t, f / headWidth * keyWidth + n] * v[t, f],
            output: (t, f, n, h) => q[t, f / headWidth * keyWidth + n] * h);
    }
}
