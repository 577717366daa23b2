namespace KernelForge.Library.Tests;

/// <summary>Experts that a router chooses, two layers of one model: names with the layer's number and the expert's.</summary>
[TransformerLayer]
public sealed partial class Mixture(int hidden, int inner, int experts, int k)
{
    private readonly Linear router = new(hidden, experts, bias: false);
    [Weight("experts.{e}.up")] private readonly LinearBank up = new(experts, hidden, inner);
    [Weight("experts.{e}.down", "down")] private readonly LinearBank down = new(experts, inner, hidden, bias: false, transposed: true);

    public Tokens Forward(Tokens x)
    {
        (Tokens gates, Tokens chosen) = TopK(Softmax(router[x]), k);
        gates = gates / Sum(gates);
        for (int n = 0; n < k; n++)
        {
            Tokens expert = Each(x.Rows, 1, (t, f) => chosen[t, n]);
            Tokens gate = Each(x.Rows, 1, (t, f) => gates[t, n]);
            x += gate * down[Silu(up[x, expert]), expert];
        }
        return x;
    }
}

[TransformerLayer]
public sealed partial class Rotary(int heads, int keyValueHeads, int headDim, int dims, double theta)
{
    private readonly Linear query = new(heads * headDim, heads * headDim), key = new(heads * headDim, keyValueHeads * headDim);

    public Tokens Forward(Tokens x)
    {
        Tokens cos = RotaryCos(x.Rows, dims, theta), sin = RotarySin(x.Rows, dims, theta, float16: true);
        Tokens q = Rotate(query[x], cos, sin, heads), k = Rotate(key[x], cos, sin, keyValueHeads, interleaved: true);
        Tokens repeated = Repeat(k, heads / keyValueHeads, keyValueHeads);
        return Attention(q, k, k, heads, keyValueHeads) - Attention(q, repeated, q, heads, mask: (i, j) => j <= i) + x;
    }
}

[TransformerLayer]
public sealed partial class Stem(int mels, int hidden, int kernel)
{
    private readonly Convolution first = new(mels, hidden, 3, padding: 1), second = new(hidden, hidden, 3, stride: 2, padding: 1);
    private readonly Convolution pointwise = new(hidden, hidden, 1, bias: false), wide = new(hidden, hidden, kernel, dilation: 2);
    private readonly DepthwiseConvolution depthwise = new(hidden, kernel, before: kernel - 1);
    private readonly BatchNorm norm = new(hidden);
    private readonly RmsNorm rms = new(hidden, unitOffset: true);

    public (Tokens Same, Tokens Half, Tokens Pooled) Forward(Tokens mel)
    {
        Tokens x = first[mel];
        x += WindowMean(x, 3, 1, padding: 1) + pointwise[x];
        Tokens y = Gelu(second[x]);
        y = rms[y + norm[depthwise[y]]];
        return (x, y, WindowMax(wide[y], 2, 2));
    }
}

[TransformerLayer]
public sealed partial class Sparse(int hidden, int kept)
{
    private readonly Linear score = new(hidden, 1), mix = new(hidden, hidden);

    public (Tokens Kept, Tokens Last) Forward(Tokens x)
    {
        Tokens y = mix[(x + Shift(x, 1) + Sign(x) * Shift(x, -2)) * 0.5] + 0.1 * CumulativeSum(x);
        Tokens rank = Rank(score[y]);
        RowSpace top = y.Rows.WithLengths(Min(y.Rows.Lengths, kept));
        Tokens places = Each(top, 1, (t, f) => ArgMax(y.Length(t), p => rank[t, p, 0] == t ? 1 : 0));
        return (Gather(y, places) - SequenceMean(y), SequenceLast(y));
    }
}

/// <summary>A selective scan, one forwards and one backwards.</summary>
[TransformerLayer]
public sealed partial class Selective(int hidden, int states)
{
    private readonly Linear step = new(hidden, hidden), select = new(hidden, 2 * states, bias: false);
    private readonly Parameter decay = new(hidden, states);

    public Tokens Forward(Tokens x)
    {
        Tokens delta = Softplus(step[x]);
        (Tokens b, Tokens c) = Split(select[x], 2);
        Tokens y = Scan(x.Rows, hidden, states,
            (t, f, n, h) => Exp(-delta[t, f] * Exp(decay[f, n])) * h + delta[t, f] * b[t, n] * x[t, f], (t, f, n, h) => h * c[t, n]);
        return y + Scan(x.Rows, hidden, 1, (t, f, n, h) => Sigmoid(x[t, f]) * h + x[t, f], (t, f, n, h) => h, backwards: true);
    }
}
