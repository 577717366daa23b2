namespace KernelForge.Models;

/// <summary>Root-mean-square normalisation of each head, with one scale for all of them. <c>[tokens, heads × headDim]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class HeadNorm(int heads, int headDim, double epsilon)
{
    [Weight("weight")] private readonly Parameter scale = new(headDim);

    /// <summary><c>[tokens, heads × headDim]</c> to the same shape.</summary>
    public Tokens this[Tokens x] => Scaled(x, Rsqrt(Mean(x * x, groups: heads) + epsilon));

    private Tokens Scaled(Tokens x, Tokens rates) =>
        Each(x.Rows, x.Features, (t, f) => x[t, f] * rates[t, f / headDim] * scale[f % headDim]);
}

/// <summary>One layer of Qwen3: Llama's, with queries and keys normalised in each head. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class Qwen3Layer(
    int hidden, int heads, int keyValueHeads, int headDim, int intermediate, Activation activation, float epsilon, bool bias)
{
    [Weight("input_layernorm")] private readonly RmsNorm attentionNorm = new(hidden, epsilon);
    [Weight("self_attn.q_proj")] private readonly Linear query = new(hidden, heads * headDim, bias);
    [Weight("self_attn.k_proj")] private readonly Linear key = new(hidden, keyValueHeads * headDim, bias);
    [Weight("self_attn.v_proj")] private readonly Linear value = new(hidden, keyValueHeads * headDim, bias);
    [Weight("self_attn.q_norm")] private readonly HeadNorm queryNorm = new(heads, headDim, epsilon);
    [Weight("self_attn.k_norm")] private readonly HeadNorm keyNorm = new(keyValueHeads, headDim, epsilon);
    [Weight("self_attn.o_proj")] private readonly Linear project = new(heads * headDim, hidden, bias);
    [Weight("post_attention_layernorm")] private readonly RmsNorm outputNorm = new(hidden, epsilon);
    [Weight("mlp")] private readonly GatedFeedForward feedForward = new(hidden, intermediate, activation);

    /// <summary><c>[tokens, hidden]</c> to the same shape; the rotations are <c>[tokens, headDim / 2]</c>.</summary>
    public Tokens Forward(Tokens x, Tokens cos, Tokens sin)
    {
        Tokens normed = attentionNorm[x];
        Tokens q = Rotate(queryNorm[query[normed]], cos, sin, heads);
        Tokens k = Rotate(keyNorm[key[normed]], cos, sin, keyValueHeads);
        x += project[Attention(q, k, value[normed], heads, keyValueHeads, mask: (i, j) => j <= i)];
        return x + feedForward.Forward(outputNorm[x]);
    }
}

/// <summary>Qwen3's decoder (arXiv 2505.09388), also that of its embedding models. Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
[TransformerModel]
[Requires("model_type", "qwen3")]
[Requires("use_sliding_window", false)]
[Requires("rope_scaling.rope_type", "default")]
[Requires("rope_scaling.type", "default")]
[IgnoreWeights("lm_head.weight")]
public sealed partial class Qwen3Model(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("num_key_value_heads")] int keyValueHeads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("head_dim")] int headDim = 128,
    [Config("attention_bias")] bool bias = false,
    [Config("rope_theta")] double theta = 10000,
    [Config("dtype")] string type = "float32",
    [Config("rms_norm_eps")] float epsilon = 1e-6f) : ITokenModel
{
    [Weight("embed_tokens")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("layers.{i}")]
    private readonly Layers<Qwen3Layer> layers = new(depth, () => new Qwen3Layer(
        hidden, heads, keyValueHeads, headDim, intermediate, activation, epsilon, bias));
    private readonly RmsNorm norm = new(hidden, epsilon);

    /// <summary>Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = word[ids];
        Tokens cos = RotaryCos(x.Rows, headDim, theta, float16: type == "float16");
        Tokens sin = RotarySin(x.Rows, headDim, theta, float16: type == "float16");
        foreach (Qwen3Layer layer in layers) x = layer.Forward(x, cos, sin);
        return norm[x];
    }
}
