namespace KernelForge.Models;

/// <summary>GPT-2 with its head over the vocabulary. Ids to logits of a next token, <c>[sequences, vocabulary]</c>.</summary>
[TransformerModel]
[Incremental]
[Requires("model_type", "gpt2")]
[Requires("architectures", "GPT2LMHeadModel")]
[Requires("add_cross_attention", false)]
[IgnoreWeights(
    "transformer.h.*.attn.bias", "transformer.h.*.attn.masked_bias", "h.*.attn.bias", "h.*.attn.masked_bias", "lm_head.weight")]
public sealed partial class Gpt2Generator(
    [Config("vocab_size")] int vocabulary,
    [Config("n_embd")] int hidden,
    [Config("n_layer")] int depth,
    [Config("n_head")] int heads,
    [Config("n_positions")] int positions,
    [Config("activation_function")] Activation activation,
    [Config("n_inner")] int? intermediate = null,
    [Config("scale_attn_weights")] bool scaled = true,
    [Config("scale_attn_by_inverse_layer_idx")] bool scaledByLayer = false,
    [Config("layer_norm_epsilon")] float epsilon = 1e-5f,
    [Config("tie_word_embeddings")] bool tied = true) : IGenerationModel
{
    [Weight("transformer", "")]
    private readonly Gpt2Model model =
        new(vocabulary, hidden, depth, heads, positions, activation, intermediate, scaled, scaledByLayer, epsilon);
    [Weight("")] private readonly LanguageModelHead head = new(hidden, vocabulary, tied);

    /// <summary>Ids to logits of a next token, <c>[sequences, vocabulary]</c>.</summary>
    public Tokens Forward(TokenIds ids) => head[SequenceLast(model.Forward(ids))];
}
