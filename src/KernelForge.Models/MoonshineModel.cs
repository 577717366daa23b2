namespace KernelForge.Models;

/// <summary>Attention of Moonshine's kind, with rotary positions of neighbours. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class MoonshineAttention(int hidden, int heads, int keyValueHeads, bool bias, bool causal)
{
    private readonly int headDim = hidden / heads;
    [Weight("q_proj")] private readonly Linear query = new(hidden, hidden, bias);
    [Weight("k_proj")] private readonly Linear key = new(hidden, keyValueHeads * (hidden / heads), bias);
    [Weight("v_proj")] private readonly Linear value = new(hidden, keyValueHeads * (hidden / heads), bias);
    [Weight("o_proj")] private readonly Linear project = new(hidden, hidden, bias: false);

    /// <summary><c>[tokens, hidden]</c> to the same shape; a part of each head is rotated.</summary>
    public Tokens Forward(Tokens x, Tokens cos, Tokens sin)
    {
        Tokens q = Rotate(query[x], cos, sin, heads, interleaved: true), k = Rotate(key[x], cos, sin, keyValueHeads, interleaved: true);
        return project[Attention(q, k, value[x], heads, keyValueHeads, scale: 1 / Sqrt(headDim), mask: (i, j) => !causal || j <= i)];
    }
}

/// <summary>Attention of target tokens to the encoder's rows. <c>[target tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class MoonshineCrossAttention(int hidden, int heads, int keyValueHeads, bool bias)
{
    [Weight("q_proj")] private readonly Linear query = new(hidden, hidden, bias);
    [Weight("k_proj")] private readonly Linear key = new(hidden, keyValueHeads * (hidden / heads), bias);
    [Weight("v_proj")] private readonly Linear value = new(hidden, keyValueHeads * (hidden / heads), bias);
    [Weight("o_proj")] private readonly Linear project = new(hidden, hidden, bias: false);

    /// <summary><c>[target tokens, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x, Tokens memory) =>
        project[Attention(query[x], key[memory], value[memory], heads, keyValueHeads)];
}

/// <summary>A pre-norm layer of the encoder. <c>[rows, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class MoonshineEncoderLayer(int hidden, int heads, int keyValueHeads, int intermediate, Activation activation, bool bias)
{
    [Weight("input_layernorm")] private readonly LayerNorm attentionNorm = new(hidden, bias: false);
    [Weight("self_attn")] private readonly MoonshineAttention attention = new(hidden, heads, keyValueHeads, bias, causal: false);
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

/// <summary>A pre-norm layer of the decoder, with a gated feed-forward. <c>[target tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class MoonshineDecoderLayer(int hidden, int heads, int keyValueHeads, int intermediate, Activation activation, bool bias)
{
    [Weight("input_layernorm")] private readonly LayerNorm attentionNorm = new(hidden, bias: false);
    [Weight("self_attn")] private readonly MoonshineAttention attention = new(hidden, heads, keyValueHeads, bias, causal: true);
    [Weight("post_attention_layernorm")] private readonly LayerNorm crossNorm = new(hidden, bias: false);
    [Weight("encoder_attn")] private readonly MoonshineCrossAttention cross = new(hidden, heads, keyValueHeads, bias);
    [Weight("final_layernorm")] private readonly LayerNorm outputNorm = new(hidden, bias: false);
    [Weight("mlp.fc1")] private readonly Linear expand = new(hidden, 2 * intermediate);
    [Weight("mlp.fc2")] private readonly Linear contract = new(intermediate, hidden);

    /// <summary><c>[target tokens, hidden]</c> to the same shape; the memory is the encoder's <c>[rows, hidden]</c>.</summary>
    public Tokens Forward(Tokens x, Tokens memory, Tokens cos, Tokens sin)
    {
        x += attention.Forward(attentionNorm[x], cos, sin);
        x += cross.Forward(crossNorm[x], memory);
        (Tokens value, Tokens gate) = Split(expand[outputNorm[x]], 2);
        return x + contract[activation[gate] * value];
    }
}

/// <summary>The stem and the layers of the encoder: samples, <c>[samples, 1]</c>, to about a row for 384 of them, <c>[rows, hidden]</c>.</summary>
[TransformerLayer]
public sealed partial class MoonshineEncoder(
    int hidden, int depth, int heads, int keyValueHeads, int intermediate, Activation activation, bool bias, double theta, double rotated, bool float16)
{
    private readonly int dims = (int)(hidden / heads * rotated);
    [Weight("conv1")] private readonly Convolution first = new(1, hidden, 127, stride: 64, bias: false);
    [Weight("groupnorm")] private readonly GroupNorm stemNorm = new(1, hidden);
    [Weight("conv2")] private readonly Convolution second = new(hidden, 2 * hidden, 7, stride: 3);
    [Weight("conv3")] private readonly Convolution third = new(2 * hidden, hidden, 3, stride: 2);
    [Weight("layers.{i}")]
    private readonly Layers<MoonshineEncoderLayer> layers =
        new(depth, () => new MoonshineEncoderLayer(hidden, heads, keyValueHeads, intermediate, activation, bias));
    [Weight("layer_norm")] private readonly LayerNorm norm = new(hidden, bias: false);

    /// <summary><c>[samples, 1]</c> to <c>[rows, hidden]</c>.</summary>
    public Tokens Forward(Tokens samples)
    {
        Tokens x = Gelu(third[Gelu(second[stemNorm[Tanh(first[samples])]])]);
        Tokens cos = Each(x.Rows, (dims + 1) / 2, (t, f) => Cos(t * (float16 ? RoundToFloat16(Pow(theta, -2.0 * f / dims)) : Pow(theta, -2.0 * f / dims))));
        Tokens sin = Each(x.Rows, (dims + 1) / 2, (t, f) => Sin(t * (float16 ? RoundToFloat16(Pow(theta, -2.0 * f / dims)) : Pow(theta, -2.0 * f / dims))));
        foreach (MoonshineEncoderLayer layer in layers) x = layer.Forward(x, cos, sin);
        return norm[x];
    }
}

/// <summary>Moonshine's encoder alone (arXiv 2410.15608): sound to <c>[rows, hidden]</c>.</summary>
[TransformerModel]
[Requires("model_type", "moonshine")]
[Requires("rope_scaling", null)]
[IgnoreWeights("decoder.*", "proj_out.weight")]
public sealed partial class MoonshineEncoderModel(
    [Config("hidden_size")] int hidden,
    [Config("intermediate_size")] int intermediate,
    [Config("encoder_num_hidden_layers")] int depth,
    [Config("encoder_num_attention_heads")] int heads,
    [Config("encoder_hidden_act")] Activation activation,
    [Config("encoder_num_key_value_heads")] int? keyValueHeads = null,
    [Config("attention_bias")] bool bias = false,
    [Config("rope_theta")] double theta = 10000,
    [Config("partial_rotary_factor")] double rotated = 0.9,
    [Config("dtype")] string type = "float32") : IFeatureModel
{
    private readonly MoonshineEncoder encoder =
        new(hidden, depth, heads, keyValueHeads ?? heads, intermediate, activation, bias, theta, rotated, type == "float16");

    /// <summary>Samples, <c>[samples, 1]</c>, to <c>[rows, hidden]</c>.</summary>
    public Tokens Forward(Tokens samples) => encoder.Forward(samples);
}

/// <summary>Moonshine, encoder and decoder (arXiv 2410.15608): sound and the ids of its text to the decoder's last hidden state.</summary>
[TransformerModel]
[Requires("model_type", "moonshine")]
[Requires("rope_scaling", null)]
[IgnoreWeights("proj_out.weight")]
public sealed partial class MoonshineModel(
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
    [Config("dtype")] string type = "float32") : IModel
{
    private readonly int dims = (int)(hidden / decoderHeads * rotated);
    private readonly MoonshineEncoder encoder = new(
        hidden, encoderDepth, encoderHeads, encoderKeyValueHeads ?? encoderHeads, intermediate, encoderActivation, bias, theta, rotated,
        type == "float16");
    [Weight("decoder.embed_tokens")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("decoder.layers.{i}")]
    private readonly Layers<MoonshineDecoderLayer> layers = new(decoderDepth, () => new MoonshineDecoderLayer(
        hidden, decoderHeads, decoderKeyValueHeads ?? decoderHeads, intermediate, decoderActivation, bias));
    [Weight("decoder.norm")] private readonly LayerNorm norm = new(hidden, bias: false);

    /// <summary>Samples, <c>[samples, 1]</c>, and ids to the decoder's last hidden state, <c>[target tokens, hidden]</c>.</summary>
    public Tokens Forward(Tokens samples, TokenIds target)
    {
        Tokens memory = encoder.Forward(samples);
        Tokens x = word[target];
        Tokens cos = Each(x.Rows, (dims + 1) / 2, (t, f) => Cos(t * (type == "float16" ? RoundToFloat16(Pow(theta, -2.0 * f / dims)) : Pow(theta, -2.0 * f / dims))));
        Tokens sin = Each(x.Rows, (dims + 1) / 2, (t, f) => Sin(t * (type == "float16" ? RoundToFloat16(Pow(theta, -2.0 * f / dims)) : Pow(theta, -2.0 * f / dims))));
        foreach (MoonshineDecoderLayer layer in layers) x = layer.Forward(x, memory, cos, sin);
        return norm[x];
    }
}
