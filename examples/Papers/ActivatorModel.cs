namespace KernelForge.Papers;

/// <summary>Activator (arXiv 2405.15953): gated units without attention. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerModel]
public sealed partial class ActivatorModel(
    [Config("hidden")] int hidden, [Config("layers")] int depth, [Config("ffn")] int inner, [Config("eps")] double epsilon)
{
    [Weight("model.{i}")] private readonly Layers<ActivatorLayer> layers = new(depth, () => new ActivatorLayer(hidden, inner, epsilon));

    public Tokens Forward(Tokens x)
    {
        foreach (ActivatorLayer layer in layers) x = layer.Forward(x);
        return x;
    }
}

/// <summary>A gate of two normalised projections, then a feed-forward network; both read the input through one norm.</summary>
[TransformerLayer]
public sealed partial class ActivatorLayer(int hidden, int inner, double epsilon)
{
    private readonly LayerNorm norm = new(hidden, epsilon);
    [Weight("actgu.proj_1")] private readonly Linear gate = new(hidden, inner);
    [Weight("actgu.proj_2")] private readonly Linear up = new(hidden, inner);
    [Weight("actgu.norm")] private readonly LayerNorm innerNorm = new(inner, epsilon);
    [Weight("actgu.proj_3")] private readonly Linear down = new(inner, hidden);
    [Weight("ffn.net.0")] private readonly Linear expand = new(hidden, inner);
    [Weight("ffn.net.3")] private readonly Linear contract = new(inner, hidden);

    public Tokens Forward(Tokens x)
    {
        Tokens y = norm[x];
        x += down[innerNorm[Gelu(gate[y])] * innerNorm[up[y]]];
        return x + contract[Gelu(expand[norm[x]])];
    }
}
