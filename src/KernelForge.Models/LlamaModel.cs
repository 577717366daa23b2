namespace KernelForge.Models;

/// <summary>One layer of Llama and Mistral: pre-norm attention and gated feed-forward. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class LlamaLayer(
    int hidden, int heads, int keyValueHeads, int headDim, int intermediate, Activation activation, float epsilon,
    bool attentionBias = false, bool feedForwardBias = false, int window = int.MaxValue)
{
    [Weight("input_layernorm")] private readonly RmsNorm attentionNorm = new(hidden, epsilon);
    [Weight("self_attn")]
    private readonly RotaryAttention attention = new(hidden, heads, keyValueHeads, headDim, attentionBias, window);
    [Weight("post_attention_layernorm")] private readonly RmsNorm outputNorm = new(hidden, epsilon);
    [Weight("mlp")] private readonly GatedFeedForward feedForward = new(hidden, intermediate, activation, feedForwardBias);

    /// <summary><c>[tokens, hidden]</c> to the same shape; the rotations are <c>[tokens, headDim / 2]</c>.</summary>
    public Tokens Forward(Tokens x, Tokens cos, Tokens sin)
    {
        x += attention.Forward(attentionNorm[x], cos, sin);
        return x + feedForward.Forward(outputNorm[x]);
    }
}

/// <summary>
/// Llama's decoder (arXiv 2302.13971, 2407.21783), with the rotations of Llama 3.1 where the configuration wants them. Ids to the last hidden
/// state, <c>[tokens, hidden]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "llama")]
[Requires("rope_scaling.rope_type", "default", "linear", "llama3")]
[Requires("rope_scaling.type", "default", "linear", "llama3")]
[Requires("partial_rotary_factor", 1)]
[IgnoreWeights("layers.*.self_attn.rotary_emb.inv_freq", "lm_head.weight")]
public sealed partial class LlamaModel(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("num_key_value_heads")] int? keyValueHeads = null,
    [Config("head_dim")] int? headDim = null,
    [Config("attention_bias")] bool attentionBias = false,
    [Config("mlp_bias")] bool feedForwardBias = false,
    [Config("rope_theta")] double theta = 10000,
    [Config("rope_scaling.rope_type", "rope_scaling.type")] string scaling = "default",
    [Config("rope_scaling.factor")] double factor = 1,
    [Config("rope_scaling.low_freq_factor")] double lowFactor = 1,
    [Config("rope_scaling.high_freq_factor")] double highFactor = 4,
    [Config("rope_scaling.original_max_position_embeddings")] int original = 8192,
    [Config("dtype")] string type = "float32",
    [Config("rms_norm_eps")] float epsilon = 1e-6f) : ITokenModel
{
    private readonly int headWidth = headDim ?? hidden / heads;
    [Weight("embed_tokens")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("layers.{i}")]
    private readonly Layers<LlamaLayer> layers = new(depth, () => new LlamaLayer(
        hidden, heads, keyValueHeads ?? heads, headDim ?? hidden / heads, intermediate, activation, epsilon, attentionBias, feedForwardBias));
    private readonly RmsNorm norm = new(hidden, epsilon);

    /// <summary>Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = word[ids];
        Tokens cos = Each(x.Rows, headWidth / 2, (t, f) => Cos(t * Frequency(f)));
        Tokens sin = Each(x.Rows, headWidth / 2, (t, f) => Sin(t * Frequency(f)));
        foreach (LlamaLayer layer in layers) x = layer.Forward(x, cos, sin);
        return norm[x];
    }

    private double Frequency(int f) => type == "float16"
        ? RoundToFloat16(Scaled(Pow(theta, -2.0 * f / headWidth)))
        : Scaled(Pow(theta, -2.0 * f / headWidth));

    /// <summary>Divides a frequency by the factor, but the less the shorter its wave is in the length that was trained first.</summary>
    private double Scaled(double frequency)
    {
        double kept = scaling == "llama3" ? Kept(original * frequency / (2 * Math.PI)) : 0;
        return frequency * (kept + (1 - kept) / factor);
    }

    private double Kept(double waves) => Min(Max((waves - lowFactor) / (highFactor - lowFactor), 0.0), 1.0);
}
