namespace KernelForge.Papers;

/// <summary>Mamba (arXiv 2312.00752): selective scans along the sequence. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerModel]
[Incremental]
public sealed partial class MambaModel(
    [Config("hidden")] int hidden, [Config("layers")] int depth, [Config("expand")] int expansion, [Config("state")] int states,
    [Config("conv_kernel")] int kernel, [Config("dt_rank")] int rank, [Config("eps")] double epsilon)
{
    private readonly Layers<MambaLayer> layers =
        new(depth, () => new MambaLayer(hidden, expansion * hidden, states, kernel, rank, epsilon));
    [Weight("norm_f")] private readonly RmsNorm norm = new(hidden, epsilon);

    public Tokens Forward(Tokens x)
    {
        foreach (MambaLayer layer in layers) x = layer.Forward(x);
        return norm[x];
    }
}

/// <summary>The mixer with its norm in front and its gate behind.</summary>
[TransformerLayer]
public sealed partial class MambaLayer(int hidden, int inner, int states, int kernel, int rank, double epsilon)
{
    private readonly RmsNorm norm = new(hidden, epsilon);
    [Weight("mixer.in_proj")] private readonly Linear input = new(hidden, 2 * inner, bias: false);
    [Weight("mixer.conv1d")] private readonly DepthwiseConvolution convolution = new(inner, kernel, before: kernel - 1);
    [Weight("mixer")] private readonly SelectiveScan scan = new(inner, states, rank);
    [Weight("mixer.out_proj")] private readonly Linear output = new(inner, hidden, bias: false);

    public Tokens Forward(Tokens x)
    {
        (Tokens u, Tokens z) = Split(input[norm[x]], 2);
        return x + output[scan[Silu(convolution[u])] * Silu(z)];
    }
}

/// <summary>S6: a linear recurrence whose step, input and output each token chooses. <c>[tokens, inner]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class SelectiveScan(int inner, int states, int rank)
{
    [Weight("x_proj")] private readonly Linear select = new(inner, rank + 2 * states, bias: false);
    [Weight("dt_proj")] private readonly Linear step = new(rank, inner);
    [Weight("A_log")] private readonly Parameter decay = new(inner, states);
    [Weight("D")] private readonly Parameter skip = new(inner);

    public Tokens this[Tokens u]
    {
        get
        {
            (Tokens r, Tokens b, Tokens c) = Split(select[u], rank, states, states);
            Tokens delta = Softplus(step[r]);
            return skip * u + Scan(
                u.Rows, inner, states,
                step: (t, f, n, h) => Exp(-delta[t, f] * Exp(decay[f, n])) * h + delta[t, f] * b[t, n] * u[t, f],
                output: (t, f, n, h) => h * c[t, n]);
        }
    }
}
