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
        (Tokens values, Tokens attended) = attention.Forward(x);
        (Tokens v, Tokens u) = Split(values, 2);
        (Tokens attendedV, Tokens attendedU) = Split(attended, 2);
        return x + output[attendedU * v * Sigmoid(attendedV * u)];
    }
}

/// <summary>The two values of each token side by side, and what attention makes of them: <c>[tokens, inner]</c> each.</summary>
[TransformerLayer]
public sealed partial class MossFormerAttention(int hidden, int width, int group, int inner, int kernel, int rotary, double epsilon)
{
    [Weight("to_hidden")] private readonly ConvolutionModule value = new(hidden, inner, kernel, epsilon);
    [Weight("to_qk")] private readonly ConvolutionModule queryKey = new(hidden, width, kernel, epsilon);
    [Weight("qk_offset_scale.gamma")] private readonly Parameter scale = new(4, width);
    [Weight("qk_offset_scale.beta")] private readonly Parameter shift = new(4, width);

    public (Tokens Values, Tokens Attended) Forward(Tokens x)
    {
        (Tokens first, Tokens second) = Split(x, hidden / 2, hidden - hidden / 2);
        Tokens y = Concat(Shift(first, 1), second);
        Tokens values = value[y], c = queryKey[y];
        Tokens near = Attention(View(c, 0), View(c, 2), values, 1,
            scale: 1.0 / group, score: (s, i, j, h) => Max(s, 0) * Max(s, 0), mask: (i, j) => i / group == j / group, softmax: false);
        Tokens far = Attention(View(c, 1), View(c, 3), values, 1,
            scale: 1, score: (s, i, j, h) => s / c.Length(i), softmax: false);
        return (values, near + far);
    }

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
