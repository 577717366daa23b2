namespace KernelForge.Models;

/// <summary>
/// One layer of Gemma 2: attention with softly capped scores, full or within a window, and a gated feed-forward, each between two norms.
/// <c>[tokens, hidden]</c> to the same shape.
/// </summary>
[TransformerLayer]
public sealed partial class Gemma2Layer(
    int hidden, int heads, int keyValueHeads, int headDim, int intermediate, Activation activation, double scale, double cap, float epsilon,
    bool bias, int window)
{
    [Weight("input_layernorm")] private readonly RmsNorm attentionNorm = new(hidden, epsilon, unitOffset: true);
    [Weight("self_attn.q_proj")] private readonly Linear query = new(hidden, heads * headDim, bias);
    [Weight("self_attn.k_proj")] private readonly Linear key = new(hidden, keyValueHeads * headDim, bias);
    [Weight("self_attn.v_proj")] private readonly Linear value = new(hidden, keyValueHeads * headDim, bias);
    [Weight("self_attn.o_proj")] private readonly Linear project = new(heads * headDim, hidden, bias);
    [Weight("post_attention_layernorm")] private readonly RmsNorm projectNorm = new(hidden, epsilon, unitOffset: true);
    [Weight("pre_feedforward_layernorm")] private readonly RmsNorm feedForwardNorm = new(hidden, epsilon, unitOffset: true);
    [Weight("mlp")] private readonly GatedFeedForward feedForward = new(hidden, intermediate, activation);
    [Weight("post_feedforward_layernorm")] private readonly RmsNorm outputNorm = new(hidden, epsilon, unitOffset: true);

    /// <summary><c>[tokens, hidden]</c> to the same shape; the rotations are <c>[tokens, headDim / 2]</c>.</summary>
    public Tokens Forward(Tokens x, Tokens cos, Tokens sin)
    {
        Tokens normed = attentionNorm[x];
        Tokens context = Attention(
            Rotate(query[normed], cos, sin, heads), Rotate(key[normed], cos, sin, keyValueHeads), value[normed], heads, keyValueHeads, scale,
            score: (s, i, j, h) => cap > 0 ? cap * Tanh(s / cap) : s,
            mask: (i, j) => j <= i && i - j < window);
        x += projectNorm[project[context]];
        return x + outputNorm[feedForward.Forward(feedForwardNorm[x])];
    }
}

/// <summary>Gemma 2's decoder (arXiv 2408.00118). Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
[TransformerModel]
[Requires("model_type", "gemma2")]
[Requires("use_bidirectional_attention", false)]
[Requires("rope_scaling.rope_type", "default")]
[Requires("rope_scaling.type", "default")]
[IgnoreWeights("lm_head.weight")]
public sealed partial class Gemma2Model(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("num_key_value_heads")] int keyValueHeads,
    [Config("head_dim")] int headDim,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_activation", "hidden_act")] Activation activation,
    [Config("query_pre_attn_scalar")] double queryScalar,
    [Config("sliding_window")] int window,
    [Config("layer_types")] string[]? types = null,
    [Config("attn_logit_softcapping")] double cap = 0,
    [Config("attention_bias")] bool bias = false,
    [Config("rope_theta")] double theta = 10000,
    [Config("dtype")] string type = "float32",
    [Config("rms_norm_eps")] float epsilon = 1e-6f) : ITokenModel
{
    [Weight("embed_tokens")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("layers.{i}")]
    private readonly Layers<Gemma2Layer> layers = new(depth, i => new Gemma2Layer(
        hidden, heads, keyValueHeads, headDim, intermediate, activation, 1 / Sqrt(queryScalar), cap, epsilon, bias,
        (types is null ? i % 2 == 0 : types[i] == "sliding_attention") ? window : int.MaxValue));
    private readonly RmsNorm norm = new(hidden, epsilon, unitOffset: true);

    /// <summary>Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = word[ids] * Sqrt(hidden);
        Tokens cos = RotaryCos(x.Rows, headDim, theta, float16: type == "float16");
        Tokens sin = RotarySin(x.Rows, headDim, theta, float16: type == "float16");
        foreach (Gemma2Layer layer in layers) x = layer.Forward(x, cos, sin);
        return norm[x];
    }
}
