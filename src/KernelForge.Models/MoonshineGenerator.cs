using KernelForge.Runtime;

namespace KernelForge.Models;

/// <summary>
/// Moonshine with its head over the vocabulary. Samples and the ids of as many targets to logits of a next token of each target,
/// <c>[sequences, vocabulary]</c>.
/// </summary>
[TransformerModel]
[Incremental("target")]
[Requires("model_type", "moonshine")]
[Requires("architectures", "MoonshineForConditionalGeneration")]
[Requires("rope_scaling", null)]
[IgnoreWeights("proj_out.weight")]
public sealed partial class MoonshineGenerator(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("intermediate_size")] int intermediate,
    [Config("encoder_num_hidden_layers")] int encoderDepth,
    [Config("decoder_num_hidden_layers")] int decoderDepth,
    [Config("encoder_num_attention_heads")] int encoderHeads,
    [Config("decoder_num_attention_heads")] int decoderHeads,
    [Config("encoder_hidden_act")] Activation encoderActivation,
    [Config("decoder_hidden_act")] Activation decoderActivation,
    [Config("encoder_num_key_value_heads")] int? encoderKeyValueHeads = null,
    [Config("decoder_num_key_value_heads")] int? decoderKeyValueHeads = null,
    [Config("attention_bias")] bool bias = false,
    [Config("rope_theta")] double theta = 10000,
    [Config("partial_rotary_factor")] double rotated = 0.9,
    [Config("dtype")] string type = "float32",
    [Config("tie_word_embeddings")] bool tied = true) : IGenerationModel<RaggedMatrix>
{
    [Weight("model")]
    private readonly MoonshineModel model = new(
        vocabulary, hidden, intermediate, encoderDepth, decoderDepth, encoderHeads, decoderHeads, encoderActivation,
        decoderActivation, encoderKeyValueHeads, decoderKeyValueHeads, bias, theta, rotated, type);
    [Weight("")] private readonly LanguageModelHead head = new(hidden, vocabulary, tied);

    /// <summary>Samples, <c>[samples, 1]</c>, and ids of targets to logits, <c>[sequences, vocabulary]</c>.</summary>
    public Tokens Forward(Tokens samples, TokenIds target)
    {
        (_, Tokens x) = model.Forward(samples, target);
        return head[SequenceLast(x)];
    }
}
