namespace KernelForge.Models;

/// <summary>Moonshine's attention to the encoder's rows. <c>[target tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class MoonshineCrossAttention(int hidden, int heads, int keyValueHeads, bool bias)
{
    [Weight("q_proj")] private readonly Linear query = new(hidden, hidden, bias);
    [Weight("k_proj")] private readonly Linear key = new(hidden, keyValueHeads * (hidden / heads), bias);
    [Weight("v_proj")] private readonly Linear value = new(hidden, keyValueHeads * (hidden / heads), bias);
    [Weight("o_proj")] private readonly Linear project = new(hidden, hidden, bias: false);

    /// <summary><c>[target tokens, hidden]</c> and the encoder's <c>[rows, hidden]</c> to the former shape.</summary>
    public Tokens Forward(Tokens x, Tokens memory) => project[Attention(query[x], key[memory], value[memory], heads, keyValueHeads)];
}

/// <summary>A pre-norm layer of Moonshine's encoder. <c>[rows, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class MoonshineEncoderLayer(
    int hidden, int heads, int keyValueHeads, int intermediate, Activation activation, bool bias)
{
    [Weight("input_layernorm")] private readonly LayerNorm attentionNorm = new(hidden, bias: false);
    [Weight("self_attn")]
    private readonly RotaryAttention attention =
        new(hidden, heads, keyValueHeads, hidden / heads, bias, projectBias: false, causal: false, interleaved: true);
    [Weight("post_attention_layernorm")] private readonly LayerNorm outputNorm = new(hidden, bias: false);
    [Weight("mlp.fc1")] private readonly Linear expand = new(hidden, intermediate);
    [Weight("mlp.fc2")] private readonly Linear contract = new(intermediate, hidden);

    /// <summary><c>[rows, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x, Tokens cos, Tokens sin)
    {
        x += attention.Forward(attentionNorm[x], cos, sin);
        return x + contract[activation[expand[outputNorm[x]]]];
    }
}

/// <summary>A pre-norm layer of Moonshine's decoder, with a gated feed-forward. <c>[target tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class MoonshineDecoderLayer(
    int hidden, int heads, int keyValueHeads, int intermediate, Activation activation, bool bias)
{
    [Weight("input_layernorm")] private readonly LayerNorm attentionNorm = new(hidden, bias: false);
    [Weight("self_attn")]
    private readonly RotaryAttention attention =
        new(hidden, heads, keyValueHeads, hidden / heads, bias, projectBias: false, interleaved: true);
    [Weight("post_attention_layernorm")] private readonly LayerNorm crossNorm = new(hidden, bias: false);
    [Weight("encoder_attn")] private readonly MoonshineCrossAttention cross = new(hidden, heads, keyValueHeads, bias);
    [Weight("final_layernorm")] private readonly LayerNorm outputNorm = new(hidden, bias: false);
    [Weight("mlp.fc1")] private readonly Linear expand = new(hidden, 2 * intermediate);
    [Weight("mlp.fc2")] private readonly Linear contract = new(intermediate, hidden);

    /// <summary><c>[target tokens, hidden]</c> and the encoder's <c>[rows, hidden]</c> to the former shape.</summary>
    public Tokens Forward(Tokens x, Tokens memory, Tokens cos, Tokens sin)
    {
        x += attention.Forward(attentionNorm[x], cos, sin);
        x += cross.Forward(crossNorm[x], memory);
        (Tokens value, Tokens gate) = Split(expand[outputNorm[x]], 2);
        return x + contract[activation[gate] * value];
    }
}

/// <summary>
/// Moonshine (arXiv 2410.15608): sound and ids of its text to the encoder's last hidden state, about a row for 384 samples, and the
/// decoder's. A text without ids leaves the decoder no work, where the encoder is wanted alone.
/// </summary>
[TransformerModel]
[Requires("model_type", "moonshine")]
[Requires("rope_scaling", null)]
[IgnoreWeights("proj_out.weight")]
public sealed partial class MoonshineModel(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("intermediate_size")] int intermediate,
    [Config("encoder_num_hidden_layers")] int depth,
    [Config("decoder_num_hidden_layers")] int decoderDepth,
    [Config("encoder_num_attention_heads")] int heads,
    [Config("decoder_num_attention_heads")] int decoderHeads,
    [Config("encoder_hidden_act")] Activation activation,
    [Config("decoder_hidden_act")] Activation decoderActivation,
    [Config("encoder_num_key_value_heads")] int? keyValueHeads = null,
    [Config("decoder_num_key_value_heads")] int? decoderKeyValueHeads = null,
    [Config("attention_bias")] bool bias = false,
    [Config("rope_theta")] double theta = 10000,
    [Config("partial_rotary_factor")] double rotated = 0.9,
    [Config("dtype")] string type = "float32") : IModel
{
    private readonly int dims = (int)(hidden / heads * rotated), decoderDims = (int)(hidden / decoderHeads * rotated);
    [Weight("encoder.conv1")] private readonly Convolution first = new(1, hidden, 127, stride: 64, bias: false);
    [Weight("encoder.groupnorm")] private readonly GroupNorm stemNorm = new(1, hidden);
    [Weight("encoder.conv2")] private readonly Convolution second = new(hidden, 2 * hidden, 7, stride: 3);
    [Weight("encoder.conv3")] private readonly Convolution third = new(2 * hidden, hidden, 3, stride: 2);
    [Weight("encoder.layers.{i}")]
    private readonly Layers<MoonshineEncoderLayer> encoder =
        new(depth, () => new MoonshineEncoderLayer(hidden, heads, keyValueHeads ?? heads, intermediate, activation, bias));
    [Weight("encoder.layer_norm")] private readonly LayerNorm encoderNorm = new(hidden, bias: false);
    [Weight("decoder.embed_tokens")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("decoder.layers.{i}")]
    private readonly Layers<MoonshineDecoderLayer> decoder = new(decoderDepth, () => new MoonshineDecoderLayer(
        hidden, decoderHeads, decoderKeyValueHeads ?? decoderHeads, intermediate, decoderActivation, bias));
    [Weight("decoder.norm")] private readonly LayerNorm norm = new(hidden, bias: false);

    /// <summary>Samples, <c>[samples, 1]</c>, and ids to <c>[rows, hidden]</c> and <c>[target tokens, hidden]</c>.</summary>
    public (Tokens Encoder, Tokens Decoder) Forward(Tokens samples, TokenIds target)
    {
        Tokens memory = Gelu(third[Gelu(second[stemNorm[Tanh(first[samples])]])]);
        Tokens cos = RotaryCos(memory.Rows, dims, theta, type == "float16"), sin = RotarySin(memory.Rows, dims, theta, type == "float16");
        foreach (MoonshineEncoderLayer layer in encoder) memory = layer.Forward(memory, cos, sin);
        memory = encoderNorm[memory];
        Tokens x = word[target];
        cos = RotaryCos(x.Rows, decoderDims, theta, type == "float16");
        sin = RotarySin(x.Rows, decoderDims, theta, type == "float16");
        foreach (MoonshineDecoderLayer layer in decoder) x = layer.Forward(x, memory, cos, sin);
        return (memory, norm[x]);
    }
}
