namespace KernelForge.Papers;

/// <summary>
/// The cache-aware streaming Conformer (arXiv 2312.17279): frames see their own chunk and some before it. <c>[frames, hidden]</c> to the same
/// shape.
/// </summary>
[TransformerModel]
[Incremental]
public sealed partial class StreamingConformerModel(
    [Config("hidden")] int hidden, [Config("layers")] int depth, [Config("heads")] int heads, [Config("ffn")] int inner,
    [Config("conv_kernel")] int kernel, [Config("left")] int left, [Config("right")] int right, [Config("eps")] double epsilon)
{
    private readonly Layers<StreamingConformerLayer> layers =
        new(depth, () => new StreamingConformerLayer(hidden, heads, inner, kernel, left, right, epsilon));

    public Tokens Forward(Tokens x)
    {
        foreach (StreamingConformerLayer layer in layers) x = layer.Forward(x);
        return x;
    }
}

/// <summary>Half a feed-forward network, attention, convolution, the other half.</summary>
[TransformerLayer]
public sealed partial class StreamingConformerLayer(int hidden, int heads, int inner, int kernel, int left, int right, double epsilon)
{
    [Weight("norm_feed_forward1")] private readonly LayerNorm firstNorm = new(hidden, epsilon);
    [Weight("feed_forward1.linear1")] private readonly Linear firstExpand = new(hidden, inner);
    [Weight("feed_forward1.linear2")] private readonly Linear firstContract = new(inner, hidden);
    [Weight("norm_self_att")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("self_attn")] private readonly ChunkedAttention attention = new(hidden, heads, left, right);
    [Weight("norm_conv")] private readonly LayerNorm convolutionNorm = new(hidden, epsilon);
    [Weight("conv")] private readonly CausalConvolution convolution = new(hidden, kernel, epsilon);
    [Weight("norm_feed_forward2")] private readonly LayerNorm secondNorm = new(hidden, epsilon);
    [Weight("feed_forward2.linear1")] private readonly Linear secondExpand = new(hidden, inner);
    [Weight("feed_forward2.linear2")] private readonly Linear secondContract = new(inner, hidden);
    [Weight("norm_out")] private readonly LayerNorm outputNorm = new(hidden, epsilon);

    public Tokens Forward(Tokens x)
    {
        x += 0.5 * firstContract[Silu(firstExpand[firstNorm[x]])];
        x += attention[attentionNorm[x]];
        x += convolution[convolutionNorm[x]];
        x += 0.5 * secondContract[Silu(secondExpand[secondNorm[x]])];
        return outputNorm[x];
    }
}

/// <summary>
/// Attention with Transformer-XL's relative positions, by chunks of right + 1 frames: each sees the whole of its own and left / (right + 1)
/// chunks before it.
/// </summary>
[TransformerLayer]
public sealed partial class ChunkedAttention(int hidden, int heads, int left, int right)
{
    private readonly int width = hidden / heads;
    private readonly int chunk = right + 1;
    private readonly int before = left / (right + 1);

    [Weight("linear_q")] private readonly Linear query = new(hidden, hidden);
    [Weight("linear_k")] private readonly Linear key = new(hidden, hidden);
    [Weight("linear_v")] private readonly Linear value = new(hidden, hidden);
    [Weight("linear_out")] private readonly Linear project = new(hidden, hidden);
    [Weight("linear_pos")] private readonly Linear position = new(hidden, hidden, bias: false);
    [Weight("pos_bias_u")] private readonly Parameter contentBias = new(hidden);
    [Weight("pos_bias_v")] private readonly Parameter positionBias = new(hidden);

    public Tokens this[Tokens x]
    {
        get
        {
            // A row for each distance i - j that the mask lets through: from -right to right + before · chunk.
            Tokens distance = position[Each(RowSpace.Table(2 * right + 1 + before * chunk), hidden, (r, f) => f % 2 == 0
                ? Sin((r - right) * Pow(10000, -(f - f % 2) / (double)hidden))
                : Cos((r - right) * Pow(10000, -(f - f % 2) / (double)hidden)))];
            Tokens q = query[x], placed = q + positionBias;
            return project[Attention(
                q + contentBias, key[x], value[x], heads,
                score: (s, i, j, h) =>
                    s + Sum(width, c => placed[i, h * width + c] * distance[i - j + right, h * width + c]) / Sqrt(width),
                mask: (i, j) => j / chunk <= i / chunk && i / chunk - before <= j / chunk)];
        }
    }
}

/// <summary>A gated linear unit, a depthwise convolution of the frames up to each, norm and SiLU.</summary>
[TransformerLayer]
public sealed partial class CausalConvolution(int hidden, int kernel, double epsilon)
{
    [Weight("pointwise_conv1")] private readonly Linear expand = new(hidden, 2 * hidden);
    [Weight("depthwise_conv")] private readonly DepthwiseConvolution convolution = new(hidden, kernel, before: kernel - 1);
    [Weight("batch_norm")] private readonly LayerNorm norm = new(hidden, epsilon);
    [Weight("pointwise_conv2")] private readonly Linear project = new(hidden, hidden);

    public Tokens this[Tokens x]
    {
        get
        {
            (Tokens a, Tokens b) = Split(expand[x], 2);
            return project[Silu(norm[convolution[a * Sigmoid(b)]])];
        }
    }
}
