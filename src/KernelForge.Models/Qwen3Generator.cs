namespace KernelForge.Models;

/// <summary>Qwen3 with its head over the vocabulary. Ids to logits of a next token, <c>[sequences, vocabulary]</c>.</summary>
[TransformerModel]
[Incremental]
[Requires("model_type", "qwen3")]
[Requires("architectures", "Qwen3ForCausalLM")]
[Requires("use_sliding_window", false)]
[Requires("rope_scaling.rope_type", "default")]
[Requires("rope_scaling.type", "default")]
[IgnoreWeights("lm_head.weight")]
public sealed partial class Qwen3Generator(
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
    [Config("rms_norm_eps")] float epsilon = 1e-6f,
    [Config("tie_word_embeddings")] bool tied = false) : IGenerationModel
{
    [Weight("model")]
    private readonly Qwen3Model model =
        new(vocabulary, hidden, depth, heads, keyValueHeads, intermediate, activation, headDim, bias, theta, type, epsilon);
    [Weight("")] private readonly LanguageModelHead head = new(hidden, vocabulary, tied);

    /// <summary>Ids to logits of a next token, <c>[sequences, vocabulary]</c>.</summary>
    public Tokens Forward(TokenIds ids) => head[SequenceLast(model.Forward(ids))];
}
