namespace KernelForge.Models;

/// <summary>Llama with its head over the vocabulary. Ids to logits of a next token, <c>[sequences, vocabulary]</c>.</summary>
[TransformerModel]
[Incremental]
[Requires("model_type", "llama")]
[Requires("architectures", "LlamaForCausalLM")]
[Requires("rope_scaling.rope_type", "default", "linear", "llama3")]
[Requires("rope_scaling.type", "default", "linear", "llama3")]
[Requires("partial_rotary_factor", 1)]
[IgnoreWeights("model.layers.*.self_attn.rotary_emb.inv_freq", "lm_head.weight")]
public sealed partial class LlamaGenerator(
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
    [Config("rms_norm_eps")] float epsilon = 1e-6f,
    [Config("tie_word_embeddings")] bool tied = false) : IGenerationModel
{
    [Weight("model")]
    private readonly LlamaModel model = new(
        vocabulary, hidden, depth, heads, intermediate, activation, keyValueHeads, headDim, attentionBias, feedForwardBias, theta,
        scaling, factor, lowFactor, highFactor, original, type, epsilon);
    [Weight("")] private readonly LanguageModelHead head = new(hidden, vocabulary, tied);

    /// <summary>Ids to logits of a next token, <c>[sequences, vocabulary]</c>.</summary>
    public Tokens Forward(TokenIds ids) => head[SequenceLast(model.Forward(ids))];
}
