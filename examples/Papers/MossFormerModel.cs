namespace KernelForge.Papers;

/// <summary>
/// MossFormer (arXiv 2302.11824): a gated unit with one head of attention, squared ReLU within groups and linear over the whole sequence.
/// <c>[tokens, hidden]</c> to the same shape.
/// </summary>
[TransformerModel]
public sealed partial class MossFormerModel(
    [Config("hidden")] int hidden, [Config("layers")] int depth, [Config("query_key")] int width, [Config("group")] int group,
    [Config("expansion")] int expansion, [Config("conv_kernel")] int kernel, [Config("rotary")] int rotary,
    [Config("scale_norm_eps")] double epsilon)
{
    private readonly Layers<MossFormerLayer> layers =
        new(depth, () => new MossFormerLayer(hidden, width, group, expansion * hidden, kernel, rotary, epsilon));

    public Tokens Forward(Tokens x)
    {
        foreach (MossFormerLayer layer in layers) x = layer.Forward(x);
        return x;
    }
}

/// <summary>The unit and its residual.</summary>
[TransformerLayer]
public sealed partial class MossFormerLayer(int hidden, int width, int group, int inner, int kernel, int rotary, double epsilon)
{
    [Weight("")] private readonly MossFormerAttention attention = new(hidden, width, group, inner, kernel, rotary, epsilon);
    [Weight("to_out")] private readonly ConvolutionModule output = new(inner / 2, hidden, kernel, epsilon);

    public Tokens Forward(Tokens x)
    {
        (Tokens v, Tokens u, Tokens attendedV, Tokens attendedU) = attention.Forward(x);
        return x + output[attendedU * v * Sigmoid(attendedV * u)];
    }
}

/// <summary>The two values of each token, and what attention makes of them: <c>[tokens, inner / 2]</c> each.</summary>
[TransformerLayer]
public sealed partial class MossFormerAttention(int hidden, int width, int group, int inner, int kernel, int rotary, double epsilon)
{
    [Weight("to_hidden")] private readonly ConvolutionModule value = new(hidden, inner, kernel, epsilon);
    [Weight("to_qk")] private readonly ConvolutionModule queryKey = new(hidden, width, kernel, epsilon);
    [Weight("qk_offset_scale.gamma")] private readonly Parameter scale = new(4, width);
    [Weight("qk_offset_scale.beta")] private readonly Parameter shift = new(4, width);

    public (Tokens V, Tokens U, Tokens AttendedV, Tokens AttendedU) Forward(Tokens x)
    {
        (Tokens first, Tokens second) = Split(x, hidden / 2, hidden - hidden / 2);
        Tokens y = Concat(Shift(first, 1), second), c = queryKey[y];
        (Tokens v, Tokens u) = Split(value[y], 2);
        Tokens nearQuery = View(c, 0), farQuery = View(c, 1), nearKey = View(c, 2), farKey = View(c, 3);
        return (v, u, Near(nearQuery, nearKey, v) + Far(farQuery, farKey, v), Near(nearQuery, nearKey, u) + Far(farQuery, farKey, u));
    }

    private Tokens Near(Tokens q, Tokens k, Tokens values) => Attention(
        q, k, values, 1, scale: 1.0 / group, score: (s, i, j, h) => Max(s, 0) * Max(s, 0), mask: (i, j) => i / group == j / group, softmax: false);

    private static Tokens Far(Tokens q, Tokens k, Tokens values) =>
        Attention(q, k, values, 1, scale: 1, score: (s, i, j, h) => s / k.Length(i), softmax: false);

    /// <summary>One of the four rows of scales and shifts, then rotary positions.</summary>
    private Tokens View(Tokens c, int part) => Rotate(
        Each(c.Rows, width, (t, f) => c[t, f] * scale[part, f] + shift[part, f]),
        RotaryCos(c.Rows, rotary, 10000), RotarySin(c.Rows, rotary, 10000), 1, interleaved: true);
}

/// <summary>Scale norm, linear and SiLU, and a depthwise convolution of that beside it.</summary>
[TransformerLayer]
public sealed partial class ConvolutionModule(int inputs, int outputs, int kernel, double epsilon)
{
    [Weight("mdl.0.g")] private readonly Parameter scale = new(1);
    [Weight("mdl.1")] private readonly Linear linear = new(inputs, outputs);
    [Weight("mdl.3.sequential.1.conv")]
    private readonly DepthwiseConvolution convolution = new(outputs, kernel, before: kernel / 2, bias: false);

    public Tokens this[Tokens x] => Beside(Silu(linear[x / Max(Sqrt(Mean(x * x)), epsilon) * scale]));

    private Tokens Beside(Tokens z) => z + convolution[z];
}
