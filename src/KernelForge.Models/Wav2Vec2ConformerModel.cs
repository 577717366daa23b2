namespace KernelForge.Models;

/// <summary>Attention with relative positions of Transformer-XL's kind (arXiv 1901.02860). <c>[frames, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class RelativeAttention(int hidden, int heads)
{
    private readonly int headDim = hidden / heads;
    [Weight("linear_q")] private readonly Linear query = new(hidden, hidden);
    [Weight("linear_k")] private readonly Linear key = new(hidden, hidden);
    [Weight("linear_v")] private readonly Linear value = new(hidden, hidden);
    [Weight("linear_out")] private readonly Linear project = new(hidden, hidden);
    [Weight("linear_pos")] private readonly Linear position = new(hidden, hidden, bias: false);
    [Weight("pos_bias_u")] private readonly Parameter contentBias = new(hidden);
    [Weight("pos_bias_v")] private readonly Parameter positionBias = new(hidden);

    /// <summary><c>[frames, hidden]</c> to the same shape; the distances are <c>[2n − 1 a sequence, hidden]</c>, from n − 1 on downwards.</summary>
    public Tokens Forward(Tokens x, Tokens distances)
    {
        Tokens q = query[x], p = position[distances];
        Tokens content = q + contentBias, place = q + positionBias;
        return project[Attention(content, key[x], value[x], heads, scale: 1, score: (s, i, j, h) =>
            (s + Sum(headDim, c => place[i, (h * headDim) + c] * p[i, x.Length(i) - 1 - (i - j), (h * headDim) + c])) / Sqrt(headDim))];
    }
}

/// <summary>The convolution of a Conformer: gate, neighbours, normalisation. <c>[frames, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class ConformerConvolution(int hidden, int kernel, Activation activation)
{
    [Weight("layer_norm")] private readonly LayerNorm norm = new(hidden);
    [Weight("pointwise_conv1")] private readonly Linear expand = new(hidden, 2 * hidden, bias: false);
    [Weight("depthwise_conv")] private readonly DepthwiseConvolution depthwise = new(hidden, kernel, (kernel - 1) / 2, bias: false);
    [Weight("batch_norm")] private readonly BatchNorm batchNorm = new(hidden);
    [Weight("pointwise_conv2")] private readonly Linear project = new(hidden, hidden, bias: false);

    /// <summary><c>[frames, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x)
    {
        (Tokens a, Tokens b) = Split(expand[norm[x]], 2);
        return project[activation[batchNorm[depthwise[a * Sigmoid(b)]]]];
    }
}

/// <summary>A layer of the Conformer (arXiv 2005.08100): two half feed-forwards around attention and convolution. <c>[frames, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class Wav2Vec2ConformerLayer(int hidden, int heads, int intermediate, int kernel, Activation activation, float epsilon)
{
    [Weight("ffn1_layer_norm")] private readonly LayerNorm firstNorm = new(hidden, epsilon);
    [Weight("ffn1.intermediate_dense")] private readonly Linear firstExpand = new(hidden, intermediate);
    [Weight("ffn1.output_dense")] private readonly Linear firstContract = new(intermediate, hidden);
    [Weight("self_attn_layer_norm")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("self_attn")] private readonly RelativeAttention attention = new(hidden, heads);
    [Weight("conv_module")] private readonly ConformerConvolution convolution = new(hidden, kernel, activation);
    [Weight("ffn2_layer_norm")] private readonly LayerNorm secondNorm = new(hidden, epsilon);
    [Weight("ffn2.intermediate_dense")] private readonly Linear secondExpand = new(hidden, intermediate);
    [Weight("ffn2.output_dense")] private readonly Linear secondContract = new(intermediate, hidden);
    [Weight("final_layer_norm")] private readonly LayerNorm outputNorm = new(hidden, epsilon);

    /// <summary><c>[frames, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x, Tokens distances)
    {
        x += 0.5 * firstContract[activation[firstExpand[firstNorm[x]]]];
        x += attention.Forward(attentionNorm[x], distances);
        x += convolution.Forward(x);
        x += 0.5 * secondContract[activation[secondExpand[secondNorm[x]]]];
        return outputNorm[x];
    }
}

/// <summary>A convolution of the stem behind the first. <c>[frames, channels]</c> to fewer of them.</summary>
[TransformerLayer]
public sealed partial class Wav2Vec2StemLayer(int inputs, int outputs, int kernel, int stride, bool bias, Activation activation)
{
    [Weight("conv")] private readonly Convolution convolution = new(inputs, outputs, kernel, stride, bias: bias);

    /// <summary><c>[frames, inputs]</c> to <c>[fewer frames, outputs]</c>.</summary>
    public Tokens Forward(Tokens x) => activation[convolution[x]];
}

/// <summary>The first convolution of the stem, each channel of which is normalised over time. <c>[samples, 1]</c> to <c>[frames, outputs]</c>.</summary>
[TransformerLayer]
public sealed partial class Wav2Vec2FirstStemLayer(int outputs, int kernel, int stride, bool bias, Activation activation)
{
    [Weight("conv")] private readonly Convolution convolution = new(1, outputs, kernel, stride, bias: bias);
    [Weight("layer_norm")] private readonly GroupNorm norm = new(outputs, outputs);

    /// <summary><c>[samples, 1]</c> to <c>[frames, outputs]</c>.</summary>
    public Tokens Forward(Tokens samples) => activation[norm[convolution[samples]]];
}

/// <summary>What follows the stem: projection and layers. <c>[frames, channels]</c> to <c>[frames, hidden]</c>.</summary>
[TransformerLayer]
public sealed partial class Wav2Vec2ConformerEncoder(
    int channels, int hidden, int depth, int heads, int intermediate, int kernel, Activation activation, float epsilon)
{
    [Weight("feature_projection.layer_norm")] private readonly LayerNorm featureNorm = new(channels, epsilon);
    [Weight("feature_projection.projection")] private readonly Linear project = new(channels, hidden);
    [Weight("encoder.layers.{i}")]
    private readonly Layers<Wav2Vec2ConformerLayer> layers =
        new(depth, () => new Wav2Vec2ConformerLayer(hidden, heads, intermediate, kernel, activation, epsilon));
    [Weight("encoder.layer_norm")] private readonly LayerNorm norm = new(hidden, epsilon);

    /// <summary><c>[frames, channels]</c> to <c>[frames, hidden]</c>.</summary>
    public Tokens Forward(Tokens frames)
    {
        Tokens x = project[featureNorm[frames]];
        // A row for each distance from query to key, the farthest key behind first.
        Tokens distances = Each(x.Rows.WithLengths(Max(2 * x.Rows.Lengths - 1, 0)), hidden, (r, f) => Wave((x.Length(r) - 1 - r) * Pow(10000, -2.0 * (f / 2) / hidden), f));
        foreach (Wav2Vec2ConformerLayer layer in layers) x = layer.Forward(x, distances);
        return norm[x];
    }

    private static double Wave(double angle, int feature) => feature % 2 == 0 ? Sin(angle) : Cos(angle);
}

/// <summary>
/// Wav2Vec2-Conformer (arXiv 2110.04621) with relative positions: samples, <c>[samples, 1]</c>, to the last hidden state, <c>[frames, hidden]</c>. Its stem
/// has the seven convolutions of the published checkpoints.
/// </summary>
[TransformerModel]
[Requires("model_type", "wav2vec2-conformer")]
[Requires("feat_extract_norm", "group")]
[Requires("position_embeddings_type", "relative")]
[Requires("add_adapter", false)]
[Requires("num_feat_extract_layers", 7)]
[IgnoreWeights("masked_spec_embed", "encoder.pos_conv_embed.*", "*.num_batches_tracked", "quantizer.*", "project_q.*", "project_hid.*", "lm_head.*")]
public sealed partial class Wav2Vec2ConformerModel(
    [Config("conv_dim")] int[] dims,
    [Config("conv_kernel")] int[] kernels,
    [Config("conv_stride")] int[] strides,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("conv_depthwise_kernel_size")] int kernel,
    [Config("hidden_act")] Activation activation,
    [Config("feat_extract_activation")] Activation stemActivation,
    [Config("conv_bias")] bool bias = false,
    [Config("layer_norm_eps")] float epsilon = 1e-5f) : IFeatureModel
{
    [Weight("feature_extractor.conv_layers.0")] private readonly Wav2Vec2FirstStemLayer first = new(dims[0], kernels[0], strides[0], bias, stemActivation);
    [Weight("feature_extractor.conv_layers.1")] private readonly Wav2Vec2StemLayer second = new(dims[0], dims[1], kernels[1], strides[1], bias, stemActivation);
    [Weight("feature_extractor.conv_layers.2")] private readonly Wav2Vec2StemLayer third = new(dims[1], dims[2], kernels[2], strides[2], bias, stemActivation);
    [Weight("feature_extractor.conv_layers.3")] private readonly Wav2Vec2StemLayer fourth = new(dims[2], dims[3], kernels[3], strides[3], bias, stemActivation);
    [Weight("feature_extractor.conv_layers.4")] private readonly Wav2Vec2StemLayer fifth = new(dims[3], dims[4], kernels[4], strides[4], bias, stemActivation);
    [Weight("feature_extractor.conv_layers.5")] private readonly Wav2Vec2StemLayer sixth = new(dims[4], dims[5], kernels[5], strides[5], bias, stemActivation);
    [Weight("feature_extractor.conv_layers.6")] private readonly Wav2Vec2StemLayer seventh = new(dims[5], dims[6], kernels[6], strides[6], bias, stemActivation);
    [Weight("")] private readonly Wav2Vec2ConformerEncoder encoder = new(dims[6], hidden, depth, heads, intermediate, kernel, activation, epsilon);

    /// <summary>Samples, <c>[samples, 1]</c>, to the last hidden state, <c>[frames, hidden]</c>.</summary>
    public Tokens Forward(Tokens samples)
    {
        Tokens x = third.Forward(second.Forward(first.Forward(samples)));
        return encoder.Forward(seventh.Forward(sixth.Forward(fifth.Forward(fourth.Forward(x)))));
    }
}

/// <summary>As <see cref="Wav2Vec2ConformerModel"/>, with a stem of two convolutions.</summary>
[TransformerModel]
[Requires("model_type", "wav2vec2-conformer")]
[Requires("feat_extract_norm", "group")]
[Requires("position_embeddings_type", "relative")]
[Requires("add_adapter", false)]
[Requires("num_feat_extract_layers", 2)]
[IgnoreWeights("masked_spec_embed", "encoder.pos_conv_embed.*", "*.num_batches_tracked", "quantizer.*", "project_q.*", "project_hid.*", "lm_head.*")]
public sealed partial class SmallWav2Vec2ConformerModel(
    [Config("conv_dim")] int[] dims,
    [Config("conv_kernel")] int[] kernels,
    [Config("conv_stride")] int[] strides,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("conv_depthwise_kernel_size")] int kernel,
    [Config("hidden_act")] Activation activation,
    [Config("feat_extract_activation")] Activation stemActivation,
    [Config("conv_bias")] bool bias = false,
    [Config("layer_norm_eps")] float epsilon = 1e-5f) : IFeatureModel
{
    [Weight("feature_extractor.conv_layers.0")] private readonly Wav2Vec2FirstStemLayer first = new(dims[0], kernels[0], strides[0], bias, stemActivation);
    [Weight("feature_extractor.conv_layers.1")] private readonly Wav2Vec2StemLayer second = new(dims[0], dims[1], kernels[1], strides[1], bias, stemActivation);
    [Weight("")] private readonly Wav2Vec2ConformerEncoder encoder = new(dims[1], hidden, depth, heads, intermediate, kernel, activation, epsilon);

    /// <summary>Samples, <c>[samples, 1]</c>, to the last hidden state, <c>[frames, hidden]</c>.</summary>
    public Tokens Forward(Tokens samples) => encoder.Forward(second.Forward(first.Forward(samples)));
}
