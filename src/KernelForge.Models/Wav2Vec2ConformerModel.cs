namespace KernelForge.Models;

/// <summary>
/// A layer of the Conformer (arXiv 2005.08100), with relative positions of Transformer-XL's kind (arXiv 1901.02860): two half feed-forwards around attention
/// and convolution. <c>[frames, hidden]</c> to the same shape.
/// </summary>
[TransformerLayer]
public sealed partial class Wav2Vec2ConformerLayer(int hidden, int heads, int intermediate, int kernel, Activation activation, float epsilon)
{
    private readonly int headDim = hidden / heads;
    [Weight("ffn1_layer_norm")] private readonly LayerNorm firstNorm = new(hidden, epsilon);
    [Weight("ffn1.intermediate_dense")] private readonly Linear firstExpand = new(hidden, intermediate);
    [Weight("ffn1.output_dense")] private readonly Linear firstContract = new(intermediate, hidden);
    [Weight("self_attn_layer_norm")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("self_attn.linear_q")] private readonly Linear query = new(hidden, hidden);
    [Weight("self_attn.linear_k")] private readonly Linear key = new(hidden, hidden);
    [Weight("self_attn.linear_v")] private readonly Linear value = new(hidden, hidden);
    [Weight("self_attn.linear_out")] private readonly Linear project = new(hidden, hidden);
    [Weight("self_attn.linear_pos")] private readonly Linear position = new(hidden, hidden, bias: false);
    [Weight("self_attn.pos_bias_u")] private readonly Parameter contentBias = new(hidden);
    [Weight("self_attn.pos_bias_v")] private readonly Parameter positionBias = new(hidden);
    [Weight("conv_module.layer_norm")] private readonly LayerNorm convolutionNorm = new(hidden);
    [Weight("conv_module.pointwise_conv1")] private readonly Linear widen = new(hidden, 2 * hidden, bias: false);
    [Weight("conv_module.depthwise_conv")] private readonly DepthwiseConvolution depthwise = new(hidden, kernel, (kernel - 1) / 2, bias: false);
    [Weight("conv_module.batch_norm")] private readonly BatchNorm batchNorm = new(hidden);
    [Weight("conv_module.pointwise_conv2")] private readonly Linear narrow = new(hidden, hidden, bias: false);
    [Weight("ffn2_layer_norm")] private readonly LayerNorm secondNorm = new(hidden, epsilon);
    [Weight("ffn2.intermediate_dense")] private readonly Linear secondExpand = new(hidden, intermediate);
    [Weight("ffn2.output_dense")] private readonly Linear secondContract = new(intermediate, hidden);
    [Weight("final_layer_norm")] private readonly LayerNorm outputNorm = new(hidden, epsilon);

    /// <summary><c>[frames, hidden]</c> to the same shape; the distances are <c>[2n − 1 a sequence, hidden]</c>, from n − 1 on downwards.</summary>
    public Tokens Forward(Tokens x, Tokens distances)
    {
        x += 0.5 * firstContract[activation[firstExpand[firstNorm[x]]]];
        x += Attend(attentionNorm[x], position[distances]);
        (Tokens a, Tokens b) = Split(widen[convolutionNorm[x]], 2);
        x += narrow[activation[batchNorm[depthwise[a * Sigmoid(b)]]]];
        x += 0.5 * secondContract[activation[secondExpand[secondNorm[x]]]];
        return outputNorm[x];
    }

    private Tokens Attend(Tokens x, Tokens p)
    {
        Tokens q = query[x], content = q + contentBias, place = q + positionBias;
        return project[Attention(content, key[x], value[x], heads, scale: 1, score: (s, i, j, h) =>
            (s + Sum(headDim, c => place[i, (h * headDim) + c] * p[i, x.Length(i) - 1 - (i - j), (h * headDim) + c])) / Sqrt(headDim))];
    }
}

/// <summary>
/// A convolution of the stem; each channel of the first is normalised over time. <c>[frames, inputs]</c> to <c>[fewer frames, outputs]</c>.
/// </summary>
[TransformerLayer]
public sealed partial class Wav2Vec2StemLayer(int inputs, int outputs, int kernel, int stride, bool bias, bool normed, Activation activation)
{
    [Weight("conv")] private readonly Convolution convolution = new(inputs, outputs, kernel, stride, bias: bias);
    [Weight("layer_norm.weight")] private readonly Parameter scale = new(outputs, present: normed);
    [Weight("layer_norm.bias")] private readonly Parameter shift = new(outputs, present: normed);

    /// <summary><c>[frames, inputs]</c> to <c>[fewer frames, outputs]</c>.</summary>
    public Tokens Forward(Tokens x)
    {
        x = convolution[x];
        if (normed)
        {
            x -= SequenceMean(x);
            x = x * Rsqrt(SequenceMean(x * x) + 1e-5) * scale + shift;
        }
        return activation[x];
    }
}

/// <summary>
/// Wav2Vec2-Conformer (arXiv 2110.04621) with relative positions: samples, <c>[samples, 1]</c>, to the last hidden state, <c>[frames, hidden]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "wav2vec2-conformer")]
[Requires("feat_extract_norm", "group")]
[Requires("position_embeddings_type", "relative")]
[Requires("add_adapter", false)]
[IgnoreWeights("masked_spec_embed", "encoder.pos_conv_embed.*", "*.num_batches_tracked", "quantizer.*", "project_q.*", "project_hid.*", "lm_head.*")]
public sealed partial class Wav2Vec2ConformerModel(
    [Config("conv_dim")] int[] dims, [Config("conv_kernel")] int[] kernels, [Config("conv_stride")] int[] strides,
    [Config("hidden_size")] int hidden, [Config("num_hidden_layers")] int depth, [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate, [Config("conv_depthwise_kernel_size")] int kernel,
    [Config("hidden_act")] Activation activation, [Config("feat_extract_activation")] Activation stemActivation,
    [Config("conv_bias")] bool bias = false, [Config("layer_norm_eps")] float epsilon = 1e-5f) : IFeatureModel
{
    [Weight("feature_extractor.conv_layers.{i}")]
    private readonly Layers<Wav2Vec2StemLayer> stem =
        new(dims.Length, i => new Wav2Vec2StemLayer(i == 0 ? 1 : dims[i - 1], dims[i], kernels[i], strides[i], bias, i == 0, stemActivation));
    [Weight("feature_projection.layer_norm")] private readonly LayerNorm featureNorm = new(dims[dims.Length - 1], epsilon);
    [Weight("feature_projection.projection")] private readonly Linear project = new(dims[dims.Length - 1], hidden);
    [Weight("encoder.layers.{i}")]
    private readonly Layers<Wav2Vec2ConformerLayer> layers =
        new(depth, () => new Wav2Vec2ConformerLayer(hidden, heads, intermediate, kernel, activation, epsilon));
    [Weight("encoder.layer_norm")] private readonly LayerNorm norm = new(hidden, epsilon);

    /// <summary>Samples, <c>[samples, 1]</c>, to the last hidden state, <c>[frames, hidden]</c>.</summary>
    public Tokens Forward(Tokens samples)
    {
        Tokens x = samples;
        foreach (Wav2Vec2StemLayer layer in stem) x = layer.Forward(x);
        x = project[featureNorm[x]];
        // A row for each distance from query to key, the farthest key behind first.
        Tokens distances = Each(x.Rows.WithLengths(Max(2 * x.Rows.Lengths - 1, 0)), hidden, (r, f) => Wave((x.Length(r) - 1 - r) * Pow(10000, -2.0 * (f / 2) / hidden), f));
        foreach (Wav2Vec2ConformerLayer layer in layers) x = layer.Forward(x, distances);
        return norm[x];
    }

    private static double Wave(double angle, int feature) => feature % 2 == 0 ? Sin(angle) : Cos(angle);
}
