using KernelForge.Runtime;

namespace KernelForge.Models;

/// <summary>
/// T5, also mT5 and Flan-T5, with its head over the vocabulary. Ids of sources and the ids of as many targets to logits of the next
/// token of each target, <c>[sequences, vocabulary]</c>.
/// </summary>
[TransformerModel]
[Incremental("target")]
[Requires("model_type", "t5", "mt5")]
[Requires("architectures", "T5ForConditionalGeneration", "MT5ForConditionalGeneration")]
[Requires("feed_forward_proj", "relu", "gated-gelu")]
[IgnoreWeights(
    "encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight", "*.EncDecAttention.relative_attention_bias.weight")]
public sealed partial class T5Generator(
    [Config("vocab_size")] int vocabulary,
    [Config("d_model")] int hidden,
    [Config("d_kv")] int headDim,
    [Config("d_ff")] int intermediate,
    [Config("num_heads")] int heads,
    [Config("num_layers")] int depth,
    [Config("num_decoder_layers")] int? decoderDepth = null,
    [Config("relative_attention_num_buckets")] int buckets = 32,
    [Config("relative_attention_max_distance")] int farthest = 128,
    [Config("feed_forward_proj")] string feedForward = "relu",
    [Config("layer_norm_epsilon")] float epsilon = 1e-6f,
    [Config("tie_word_embeddings")] bool tied = true) : IGenerationModel<RaggedBatch>
{
    [Weight("")]
    private readonly T5Model model =
        new(vocabulary, hidden, headDim, intermediate, heads, depth, decoderDepth, buckets, farthest, feedForward, epsilon);
    [Weight("")] private readonly LanguageModelHead head = new(hidden, vocabulary, tied);

    /// <summary>Ids of sources and ids of targets to logits, <c>[sequences, vocabulary]</c>.</summary>
    public Tokens Forward(TokenIds source, TokenIds target)
    {
        (_, Tokens x) = model.Forward(source, target);
        return head[SequenceLast(tied ? x / Sqrt(hidden) : x)];
    }
}
