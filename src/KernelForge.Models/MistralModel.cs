namespace KernelForge.Models;

/// <summary>
/// Mistral's decoder (arXiv 2310.06825): Llama's layers, attention within a window where the configuration has one. Ids to the last hidden
/// state, <c>[tokens, hidden]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "mistral")]
[Requires("rope_scaling.rope_type", "default")]
[Requires("rope_scaling.type", "default")]
[IgnoreWeights("layers.*.self_attn.rotary_emb.inv_freq", "lm_head.weight")]
public sealed partial class MistralModel(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("num_key_value_heads")] int keyValueHeads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("head_dim")] int? headDim = null,
    [Config("sliding_window")] int? window = null,
    [Config("rope_theta")] double theta = 10000,
    [Config("dtype")] string type = "float32",
    [Config("rms_norm_eps")] float epsilon = 1e-6f) : ITokenModel
{
    private readonly int headWidth = headDim ?? hidden / heads;
    [Weight("embed_tokens")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("layers.{i}")]
    private readonly Layers<LlamaLayer> layers = new(depth, () => new LlamaLayer(
        hidden, heads, keyValueHeads, headDim ?? hidden / heads, intermediate, activation, epsilon, window: window ?? int.MaxValue));
    private readonly RmsNorm norm = new(hidden, epsilon);

    /// <summary>Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = word[ids];
        Tokens cos = RotaryCos(x.Rows, headWidth, theta, float16: type == "float16");
        Tokens sin = RotarySin(x.Rows, headWidth, theta, float16: type == "float16");
        foreach (LlamaLayer layer in layers) x = layer.Forward(x, cos, sin);
        return norm[x];
    }
}
