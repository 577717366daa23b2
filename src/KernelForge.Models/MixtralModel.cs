namespace KernelForge.Models;

/// <summary>
/// A feed-forward of experts, of which each token takes the few that the router likes best (arXiv 2401.04088). <c>[tokens, hidden]</c> to the
/// same shape.
/// </summary>
[TransformerLayer]
public sealed partial class ExpertFeedForward(int hidden, int intermediate, Activation activation, int experts, int chosen)
{
    [Weight("gate")] private readonly Linear router = new(hidden, experts, bias: false);
    [Weight("experts.{e}.w1")] private readonly LinearBank gate = new(experts, hidden, intermediate, bias: false);
    [Weight("experts.{e}.w3")] private readonly LinearBank up = new(experts, hidden, intermediate, bias: false);
    [Weight("experts.{e}.w2")] private readonly LinearBank down = new(experts, intermediate, hidden, bias: false);

    /// <summary><c>[tokens, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x)
    {
        (Tokens shares, Tokens numbers) = TopK(Softmax(router[x]), chosen);
        shares /= Sum(shares);
        Tokens result = 0 * x;
        for (int n = 0; n < chosen; n++)
        {
            Tokens expert = Feature(numbers, n);
            result += Feature(shares, n) * down[activation[gate[x, expert]] * up[x, expert], expert];
        }
        return result;
    }

    private static Tokens Feature(Tokens x, int n) => Each(x.Rows, 1, (t, f) => x[t, n]);
}

/// <summary>One layer of Mixtral: Mistral's, with experts. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class MixtralLayer(
    int hidden, int heads, int keyValueHeads, int headDim, int intermediate, Activation activation, int experts, int chosen, int window,
    float epsilon)
{
    [Weight("input_layernorm")] private readonly RmsNorm attentionNorm = new(hidden, epsilon);
    [Weight("self_attn")]
    private readonly RotaryAttention attention = new(hidden, heads, keyValueHeads, headDim, window: window);
    [Weight("post_attention_layernorm")] private readonly RmsNorm outputNorm = new(hidden, epsilon);
    [Weight("block_sparse_moe")]
    private readonly ExpertFeedForward feedForward = new(hidden, intermediate, activation, experts, chosen);

    /// <summary><c>[tokens, hidden]</c> to the same shape; the rotations are <c>[tokens, headDim / 2]</c>.</summary>
    public Tokens Forward(Tokens x, Tokens cos, Tokens sin)
    {
        x += attention.Forward(attentionNorm[x], cos, sin);
        return x + feedForward.Forward(outputNorm[x]);
    }
}

/// <summary>Mixtral's decoder (arXiv 2401.04088). Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
[TransformerModel]
[Requires("model_type", "mixtral")]
[Requires("rope_scaling.rope_type", "default")]
[Requires("rope_scaling.type", "default")]
[IgnoreWeights("layers.*.self_attn.rotary_emb.inv_freq", "lm_head.weight")]
public sealed partial class MixtralModel(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("num_key_value_heads")] int keyValueHeads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("num_local_experts")] int experts = 8,
    [Config("num_experts_per_tok")] int chosen = 2,
    [Config("head_dim")] int? headDim = null,
    [Config("sliding_window")] int? window = null,
    [Config("rope_theta")] double theta = 1e6,
    [Config("dtype")] string type = "float32",
    [Config("rms_norm_eps")] float epsilon = 1e-5f) : ITokenModel
{
    private readonly int headWidth = headDim ?? hidden / heads;
    [Weight("embed_tokens")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("layers.{i}")]
    private readonly Layers<MixtralLayer> layers = new(depth, () => new MixtralLayer(
        hidden, heads, keyValueHeads, headDim ?? hidden / heads, intermediate, activation, experts, chosen, window ?? int.MaxValue, epsilon));
    private readonly RmsNorm norm = new(hidden, epsilon);

    /// <summary>Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = word[ids];
        Tokens cos = RotaryCos(x.Rows, headWidth, theta, float16: type == "float16");
        Tokens sin = RotarySin(x.Rows, headWidth, theta, float16: type == "float16");
        foreach (MixtralLayer layer in layers) x = layer.Forward(x, cos, sin);
        return norm[x];
    }
}
