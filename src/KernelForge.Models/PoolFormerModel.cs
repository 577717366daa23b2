namespace KernelForge.Models;

/// <summary>Square images as sequences of pixels, row after row.</summary>
internal static class Grid
{
    /// <summary>The side of an image of so many pixels.</summary>
    internal static int Side(int pixels) => (int)Math.Sqrt(pixels);
}

/// <summary>A block that mixes pixels by the mean of their neighbours. <c>[pixels, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class PoolFormerBlock(int hidden, double ratio, int window, Activation activation)
{
    private readonly int reach = window / 2;
    [Weight("before_norm")] private readonly GroupNorm poolNorm = new(1, hidden);
    [Weight("layer_scale_1")] private readonly Parameter poolScale = new(hidden);
    [Weight("after_norm")] private readonly GroupNorm outputNorm = new(1, hidden);
    [Weight("output.conv1")] private readonly Linear expand = new(hidden, (int)(hidden * ratio));
    [Weight("output.conv2")] private readonly Linear contract = new((int)(hidden * ratio), hidden);
    [Weight("layer_scale_2")] private readonly Parameter outputScale = new(hidden);

    /// <summary><c>[pixels, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x)
    {
        Tokens y = poolNorm[x];
        Integers side = x.Rows.Lengths.Select(Grid.Side);
        Tokens neighbours = Each(x.Rows, 1, (t, f) => Sum(window * window, n => IsInside(t, n, side[t]) ? 1 : 0));
        Tokens sum = Each(x.Rows, hidden, (t, f) => Sum(window * window, n =>
            IsInside(t, n, side[t]) ? y[t, t + (((n / window) - reach) * side[t]) + (n % window) - reach, f] : 0));
        x += poolScale * (sum / neighbours - y);
        return x + outputScale * contract[activation[expand[outputNorm[x]]]];
    }

    /// <summary>Whether the n-th pixel of the window around pixel t is in the image.</summary>
    private bool IsInside(int t, int n, int side) =>
        (t / side) + (n / window) >= reach && (t / side) + (n / window) < side + reach
        && (t % side) + (n % window) >= reach && (t % side) + (n % window) < side + reach;
}

/// <summary>A convolution over square images that makes fewer and wider pixels. <c>[pixels, inputs]</c> to <c>[fewer pixels, outputs]</c>.</summary>
[TransformerLayer]
public sealed partial class GridConvolution(int inputs, int outputs, int kernel, int stride, int padding)
{
    [Weight("projection")] private readonly Linear linear = new(inputs * kernel * kernel, outputs);

    /// <summary><c>[pixels, inputs]</c> to <c>[fewer pixels, outputs]</c>.</summary>
    public Tokens Forward(Tokens pixels)
    {
        Integers side = pixels.Rows.Lengths.Select(Grid.Side), smaller = (side + (2 * padding) - kernel) / stride + 1;
        return linear[Each(pixels.Rows.WithLengths(smaller * smaller), pixels.Features * kernel * kernel, (t, f) => Pixel(
            (t / smaller[t] * stride) + (f / kernel % kernel) - padding, (t % smaller[t] * stride) + (f % kernel) - padding, side[t]) < 0 ? 0
            : pixels[t, Pixel((t / smaller[t] * stride) + (f / kernel % kernel) - padding, (t % smaller[t] * stride) + (f % kernel) - padding, side[t]), f / (kernel * kernel)])];
    }

    /// <summary>The pixel at a row and a column of the image, −1 where there is none.</summary>
    private static int Pixel(int row, int column, int side) =>
        row >= 0 && row < side && column >= 0 && column < side ? (row * side) + column : -1;
}

/// <summary>
/// PoolFormer (MetaFormer, arXiv 2111.11418) of four stages, over square images: an image is a sequence of pixels, row after row, <c>[pixels, channels]</c>, and
/// gives the last stage's, <c>[fewer pixels, width of the last stage]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "poolformer")]
[Requires("num_encoder_blocks", 4)]
[Requires("use_layer_scale", true)]
[IgnoreWeights("norm.*", "classifier.*")]
public sealed partial class PoolFormerModel(
    [Config("hidden_sizes")] int[] widths,
    [Config("depths")] int[] depths,
    [Config("patch_sizes")] int[] kernels,
    [Config("strides")] int[] strides,
    [Config("padding")] int[] paddings,
    [Config("hidden_act")] Activation activation,
    [Config("pool_size")] int window = 3,
    [Config("mlp_ratio")] double ratio = 4,
    [Config("num_channels")] int channels = 3) : IFeatureModel
{
    [Weight("encoder.patch_embeddings.0")] private readonly GridConvolution embed1 = new(channels, widths[0], kernels[0], strides[0], paddings[0]);
    [Weight("encoder.block.0.{i}")] private readonly Layers<PoolFormerBlock> stage1 = new(depths[0], () => new PoolFormerBlock(widths[0], ratio, window, activation));
    [Weight("encoder.patch_embeddings.1")] private readonly GridConvolution embed2 = new(widths[0], widths[1], kernels[1], strides[1], paddings[1]);
    [Weight("encoder.block.1.{i}")] private readonly Layers<PoolFormerBlock> stage2 = new(depths[1], () => new PoolFormerBlock(widths[1], ratio, window, activation));
    [Weight("encoder.patch_embeddings.2")] private readonly GridConvolution embed3 = new(widths[1], widths[2], kernels[2], strides[2], paddings[2]);
    [Weight("encoder.block.2.{i}")] private readonly Layers<PoolFormerBlock> stage3 = new(depths[2], () => new PoolFormerBlock(widths[2], ratio, window, activation));
    [Weight("encoder.patch_embeddings.3")] private readonly GridConvolution embed4 = new(widths[2], widths[3], kernels[3], strides[3], paddings[3]);
    [Weight("encoder.block.3.{i}")] private readonly Layers<PoolFormerBlock> stage4 = new(depths[3], () => new PoolFormerBlock(widths[3], ratio, window, activation));

    /// <summary>Pixels, <c>[pixels, channels]</c>, to <c>[fewer pixels, width of the last stage]</c>.</summary>
    public Tokens Forward(Tokens pixels)
    {
        Tokens x = embed1.Forward(pixels);
        foreach (PoolFormerBlock block in stage1) x = block.Forward(x);
        x = embed2.Forward(x);
        foreach (PoolFormerBlock block in stage2) x = block.Forward(x);
        x = embed3.Forward(x);
        foreach (PoolFormerBlock block in stage3) x = block.Forward(x);
        x = embed4.Forward(x);
        foreach (PoolFormerBlock block in stage4) x = block.Forward(x);
        return x;
    }
}

/// <summary>As <see cref="PoolFormerModel"/>, of two stages.</summary>
[TransformerModel]
[Requires("model_type", "poolformer")]
[Requires("num_encoder_blocks", 2)]
[Requires("use_layer_scale", true)]
[IgnoreWeights("norm.*", "classifier.*")]
public sealed partial class TwoStagePoolFormerModel(
    [Config("hidden_sizes")] int[] widths,
    [Config("depths")] int[] depths,
    [Config("patch_sizes")] int[] kernels,
    [Config("strides")] int[] strides,
    [Config("padding")] int[] paddings,
    [Config("hidden_act")] Activation activation,
    [Config("pool_size")] int window = 3,
    [Config("mlp_ratio")] double ratio = 4,
    [Config("num_channels")] int channels = 3) : IFeatureModel
{
    [Weight("encoder.patch_embeddings.0")] private readonly GridConvolution embed1 = new(channels, widths[0], kernels[0], strides[0], paddings[0]);
    [Weight("encoder.block.0.{i}")] private readonly Layers<PoolFormerBlock> stage1 = new(depths[0], () => new PoolFormerBlock(widths[0], ratio, window, activation));
    [Weight("encoder.patch_embeddings.1")] private readonly GridConvolution embed2 = new(widths[0], widths[1], kernels[1], strides[1], paddings[1]);
    [Weight("encoder.block.1.{i}")] private readonly Layers<PoolFormerBlock> stage2 = new(depths[1], () => new PoolFormerBlock(widths[1], ratio, window, activation));

    /// <summary>Pixels, <c>[pixels, channels]</c>, to <c>[fewer pixels, width of the last stage]</c>.</summary>
    public Tokens Forward(Tokens pixels)
    {
        Tokens x = embed1.Forward(pixels);
        foreach (PoolFormerBlock block in stage1) x = block.Forward(x);
        x = embed2.Forward(x);
        foreach (PoolFormerBlock block in stage2) x = block.Forward(x);
        return x;
    }
}
