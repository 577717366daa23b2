namespace KernelForge.Models;

/// <summary>Mistral with its head over the vocabulary. Ids to logits of a next token, <c>[sequences, vocabulary]</c>.</summary>
[TransformerModel]
[Incremental]
[Requires("model_type", "mistral")]
[Requires("architectures", "MistralForCausalLM")]
[Requires("rope_scaling.rope_type", "default")]
[Requires("rope_scaling.type", "default")]
[IgnoreWeights("model.layers.*.self_attn.rotary_emb.inv_freq", "lm_head.weight")]
public sealed partial class MistralGenerator(
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
    [Config("rms_norm_eps")] float epsilon = 1e-6f,
    [Config("tie_word_embeddings")] bool tied = false) : IGenerationModel
{
    [Weight("model")]
    private readonly MistralModel model =
        new(vocabulary, hidden, depth, heads, keyValueHeads, intermediate, activation, headDim, window, theta, type, epsilon);
    [Weight("")] private readonly LanguageModelHead head = new(hidden, vocabulary, tied);

    /// <summary>Ids to logits of a next token, <c>[sequences, vocabulary]</c>.</summary>
    public Tokens Forward(TokenIds ids) => head[SequenceLast(model.Forward(ids))];
}
