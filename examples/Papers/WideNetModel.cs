namespace KernelForge.Papers;

/// <summary>
/// WideNet (arXiv 2107.11817): one attention and one mixture of experts shared by all layers, which have norms of their own.
/// <c>[tokens, hidden]</c> to the same shape.
/// </summary>
[TransformerModel]
[Requires("second_activation", true)]
public sealed partial class WideNetModel(
    [Config("hidden")] int hidden, [Config("layers")] int depth, [Config("heads")] int heads, [Config("intermediate")] int inner,
    [Config("experts")] int experts, [Config("top_k")] int chosen, [Config("eps")] double epsilon)
{
    [Weight("attn")] private readonly WideNetAttention attention = new(hidden, heads);
    [Weight("moe")] private readonly WideNetExperts mixture = new(hidden, inner, experts, chosen);
    [Weight("norm1.{i}")] private readonly Layers<LayerNorm> attentionNorms = new(depth, () => new LayerNorm(hidden, epsilon));
    [Weight("norm2.{i}")] private readonly Layers<LayerNorm> mixtureNorms = new(depth, () => new LayerNorm(hidden, epsilon));
    private readonly LayerNorm norm = new(hidden, epsilon);

    public Tokens Forward(Tokens x)
    {
        for (int l = 0; l < depth; l++)
        {
            x += attention[attentionNorms[l][x]];
            x += mixture[mixtureNorms[l][x]];
        }
        return norm[x];
    }
}

/// <summary>Attention over the whole sequence.</summary>
[TransformerLayer]
public sealed partial class WideNetAttention(int hidden, int heads)
{
    [Weight("q")] private readonly Linear query = new(hidden, hidden);
    [Weight("k")] private readonly Linear key = new(hidden, hidden);
    [Weight("v")] private readonly Linear value = new(hidden, hidden);
    [Weight("o")] private readonly Linear project = new(hidden, hidden);

    public Tokens this[Tokens x] => project[Attention(query[x], key[x], value[x], heads)];
}

/// <summary>The experts that a token's router likes best, each weighed by its share among all of them.</summary>
[TransformerLayer]
public sealed partial class WideNetExperts(int hidden, int inner, int experts, int chosen)
{
    private readonly Linear router = new(hidden, experts, bias: false);
    [Weight("experts.{e}.fc1")] private readonly LinearBank expand = new(experts, hidden, inner);
    [Weight("experts.{e}.fc2")] private readonly LinearBank contract = new(experts, inner, hidden);

    public Tokens this[Tokens x]
    {
        get
        {
            (Tokens gates, Tokens indices) = TopK(Softmax(router[x]), chosen);
            Tokens sum = 0 * x;
            for (int n = 0; n < chosen; n++)
            {
                Tokens gate = Each(x.Rows, 1, (t, f) => gates[t, n]), expert = Each(x.Rows, 1, (t, f) => indices[t, n]);
                sum += gate * GeluTanh(contract[GeluTanh(expand[x, expert]), expert]);
            }
            return sum;
        }
    }
}
