namespace KernelForge.Models;

/// <summary>
/// Gemma 2 with its head over the vocabulary. Ids to logits of a next token, <c>[sequences, vocabulary]</c>, softly capped.
/// </summary>
[TransformerModel]
[Incremental]
[Requires("model_type", "gemma2")]
[Requires("architectures", "Gemma2ForCausalLM")]
[Requires("use_bidirectional_attention", false)]
[Requires("rope_scaling.rope_type", "default")]
[Requires("rope_scaling.type", "default")]
[IgnoreWeights("lm_head.weight")]
public sealed partial class Gemma2Generator(
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
    [Config("rms_norm_eps")] float epsilon = 1e-6f,
    [Config("final_logit_softcapping")] double logitCap = 0,
    [Config("tie_word_embeddings")] bool tied = true) : IGenerationModel
{
    [Weight("model")]
    private readonly Gemma2Model model = new(
        vocabulary, hidden, depth, heads, keyValueHeads, headDim, intermediate, activation, queryScalar, window, types, cap, bias,
        theta, type, epsilon);
    [Weight("")] private readonly LanguageModelHead head = new(hidden, vocabulary, tied);

    /// <summary>Ids to logits of a next token, <c>[sequences, vocabulary]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens logits = head[SequenceLast(model.Forward(ids))];
        return logitCap > 0 ? logitCap * Tanh(logits / logitCap) : logits;
    }
}
