using KernelForge.Runtime;

namespace KernelForge.Models;

/// <summary>
/// BART with its head over the vocabulary. Ids of sources and the ids of as many targets to logits of a next token of each target,
/// <c>[sequences, vocabulary]</c>.
/// </summary>
[TransformerModel]
[Incremental("target")]
[Requires("model_type", "bart")]
[Requires("architectures", "BartForConditionalGeneration")]
[Requires("normalize_before", false)]
[Requires("normalize_embedding", true)]
[Requires("add_final_layer_norm", false)]
[Requires("static_position_embeddings", false)]
[IgnoreWeights("model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight", "lm_head.weight")]
public sealed partial class BartGenerator(
    [Config("vocab_size")] int vocabulary,
    [Config("d_model")] int hidden,
    [Config("encoder_layers")] int depth,
    [Config("decoder_layers")] int decoderDepth,
    [Config("encoder_attention_heads")] int heads,
    [Config("decoder_attention_heads")] int decoderHeads,
    [Config("encoder_ffn_dim")] int intermediate,
    [Config("decoder_ffn_dim")] int decoderIntermediate,
    [Config("activation_function")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("scale_embedding")] bool scaleEmbedding = false,
    [Config("tie_word_embeddings")] bool tied = true) : IGenerationModel<RaggedBatch>
{
    [Weight("model")]
    private readonly BartModel model = new(
        vocabulary, hidden, depth, decoderDepth, heads, decoderHeads, intermediate, decoderIntermediate, activation, positions,
        scaleEmbedding);
    [Weight("")] private readonly LanguageModelHead head = new(hidden, vocabulary, tied);
    [Weight("final_logits_bias")] private readonly Parameter bias = new(vocabulary);

    /// <summary>Ids of sources and ids of targets to logits, <c>[sequences, vocabulary]</c>.</summary>
    public Tokens Forward(TokenIds source, TokenIds target)
    {
        (_, Tokens x) = model.Forward(source, target);
        return head[SequenceLast(x)] + bias;
    }
}
