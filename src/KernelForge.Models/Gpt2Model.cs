namespace KernelForge.Models;

/// <summary>One layer of GPT-2: pre-norm causal attention and feed-forward. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class Gpt2Layer(int hidden, int heads, int intermediate, Activation activation, double scale, float epsilon)
{
    [Weight("ln_1")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("attn.c_attn")] private readonly Linear queryKeyValue = new(hidden, 3 * hidden, transposed: true);
    [Weight("attn.c_proj")] private readonly Linear project = new(hidden, hidden, transposed: true);
    [Weight("ln_2")] private readonly LayerNorm outputNorm = new(hidden, epsilon);
    [Weight("mlp.c_fc")] private readonly Linear expand = new(hidden, intermediate, transposed: true);
    [Weight("mlp.c_proj")] private readonly Linear contract = new(intermediate, hidden, transposed: true);

    /// <summary><c>[tokens, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x)
    {
        (Tokens q, Tokens k, Tokens v) = Split(queryKeyValue[attentionNorm[x]], 3);
        x += project[Attention(q, k, v, heads, scale: scale, mask: (i, j) => j <= i)];
        return x + contract[activation[expand[outputNorm[x]]]];
    }
}

/// <summary>GPT-2's decoder (Radford et al., 2019): learned positions. Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
[TransformerModel]
[Requires("model_type", "gpt2")]
[Requires("add_cross_attention", false)]
[IgnoreWeights("h.*.attn.bias", "h.*.attn.masked_bias", "lm_head.weight")]
public sealed partial class Gpt2Model(
    [Config("vocab_size")] int vocabulary,
    [Config("n_embd")] int hidden,
    [Config("n_layer")] int depth,
    [Config("n_head")] int heads,
    [Config("n_positions")] int positions,
    [Config("activation_function")] Activation activation,
    [Config("n_inner")] int? intermediate = null,
    [Config("scale_attn_weights")] bool scaled = true,
    [Config("scale_attn_by_inverse_layer_idx")] bool scaledByLayer = false,
    [Config("layer_norm_epsilon")] float epsilon = 1e-5f) : ITokenModel
{
    [Weight("wte")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("wpe")] private readonly Embedding position = new(positions, hidden);
    [Weight("h.{i}")]
    private readonly Layers<Gpt2Layer> layers = new(depth, i => new Gpt2Layer(
        hidden, heads, intermediate ?? 4 * hidden, activation,
        (scaled ? 1 / Sqrt(hidden / heads) : 1.0) / (scaledByLayer ? i + 1 : 1), epsilon));
    [Weight("ln_f")] private readonly LayerNorm norm = new(hidden, epsilon);

    /// <summary>Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = word[ids] + position[ids.Positions];
        foreach (Gpt2Layer layer in layers) x = layer.Forward(x);
        return norm[x];
    }
}
