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

/// <summary>The blocks of a stage. <c>[pixels, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class PoolFormerBlocks(int hidden, int depth, double ratio, int window, Activation activation)
{
    [Weight("{i}")] private readonly Layers<PoolFormerBlock> blocks = new(depth, () => new PoolFormerBlock(hidden, ratio, window, activation));

    /// <summary><c>[pixels, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x)
    {
        foreach (PoolFormerBlock block in blocks) x = block.Forward(x);
        return x;
    }
}

/// <summary>
/// PoolFormer (MetaFormer, arXiv 2111.11418) over square images: an image is a sequence of pixels, row after row, <c>[pixels, channels]</c>, and gives the last
/// stage's, <c>[fewer pixels, width of the last stage]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "poolformer")]
[Requires("use_layer_scale", true)]
[IgnoreWeights("norm.*", "classifier.*")]
public sealed partial class PoolFormerModel(
    [Config("num_encoder_blocks")] int stages,
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
    [Weight("encoder.patch_embeddings.{i}")]
    private readonly Layers<GridConvolution> embeddings =
        new(stages, i => new GridConvolution(i == 0 ? channels : widths[i - 1], widths[i], kernels[i], strides[i], paddings[i]));
    [Weight("encoder.block.{i}")]
    private readonly Layers<PoolFormerBlocks> blocks = new(stages, i => new PoolFormerBlocks(widths[i], depths[i], ratio, window, activation));

    /// <summary>Pixels, <c>[pixels, channels]</c>, to <c>[fewer pixels, width of the last stage]</c>.</summary>
    public Tokens Forward(Tokens pixels)
    {
        Tokens x = pixels;
        for (int i = 0; i < stages; i++) x = blocks[i].Forward(embeddings[i].Forward(x));
        return x;
    }
}
