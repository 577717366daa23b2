namespace KernelForge.Models.Tests.Combinations;

// Values said element by element, along their sequences and at positions of others.

/// <summary>A stem that halves its sequences, a separable convolution, and taps at distances.</summary>
[TransformerLayer]
public sealed partial class Convolved(int inputs, int hidden, int taps)
{
    private readonly Convolution stem = new(inputs, hidden, 3, stride: 2, padding: 1);
    private readonly DepthwiseConvolution causal = new(hidden, 4, before: 3);
    private readonly Parameter weight = new(hidden, taps);
    private readonly Convolution wide = new(hidden, hidden, 5, padding: 4, dilation: 2, bias: false);

    public Tokens Forward(Tokens x)
    {
        Tokens y = Gelu(stem[x]);
        y = Silu(causal[y]) + Each(y.Rows, hidden, (t, f) => Sum(taps, k => y[t, t + k - taps / 2, f] * weight[f, k]));
        return y + wide[y];
    }
}

/// <summary>Rotary positions by halves and by pairs of features, over a part of each head and over the whole.</summary>
[TransformerLayer]
public sealed partial class Rotated(int hidden, int heads, int dims)
{
    private readonly int headDim = hidden / heads;
    private readonly Linear query = new(hidden, hidden);
    private readonly Linear key = new(hidden, hidden);

    public Tokens Forward(Tokens x)
    {
        (Tokens cos, Tokens sin) = (RotaryCos(x.Rows, dims, 10000), RotarySin(x.Rows, dims, 10000));
        Tokens q = Rotate(query[x], cos, sin, heads), k = Rotate(key[x], cos, sin, heads);
        x = Attention(q, k, x, heads, mask: (i, j) => j <= i);
        (Tokens c, Tokens s) = (RotaryCos(x.Rows, headDim, 500), RotarySin(x.Rows, headDim, 500));
        return Rotate(x, c, s, heads, interleaved: true);
    }
}

/// <summary>Shifts, sums along a sequence, what is greatest so far, the last row, rows at positions that values name.</summary>
[TransformerLayer]
public sealed partial class Shifted(int hidden)
{
    private readonly Parameter mix = new(hidden);
    private readonly Linear last = new(hidden, hidden);

    public Tokens Forward(Tokens x)
    {
        Tokens mixed = x * Sigmoid(mix) + Shift(x, 1) * (1 - Sigmoid(mix));
        Tokens sums = CumulativeSum(mixed) / Each(x.Rows, 1, (t, f) => t + 1);
        Tokens index = Each(x.Rows, 1, (t, f) => ArgMax(hidden, c => mixed[t, c]) - 1);
        Tokens ranks = Rank(x);
        return sums + Shift(sums, -2) * last[SequenceLast(mixed)] + Gather(x, index) - Tanh(ranks) + Each(
            x.Rows, hidden, (t, f) => x[t, f] > 0 && t % 2 == 1 ? x[t, hidden - 1 - f] : f < 2 || f >= hidden - 3 ? x.Length(t) - t : 0.5);
    }
}

/// <summary>Means and maxima of windows that overlap, that leave gaps, and that look beyond the ends.</summary>
[TransformerLayer]
public sealed partial class Windows(int hidden)
{
    private readonly LayerNorm norm = new(hidden);

    public (Tokens Mean, Tokens Max) Forward(Tokens x) =>
        (norm[WindowMean(x, 3, 2, 1)], WindowMax(WindowMax(x, 4, 5), 2, 1, 1));
}

/// <summary>Retention: the state of a feature is a column of the sums of keys and values; decays by head; and the same from the end.</summary>
[TransformerLayer]
public sealed partial class Retained(int hidden, int heads, int keyDim)
{
    private readonly int width = hidden / heads;
    private readonly Linear query = new(hidden, heads * keyDim);
    private readonly Linear key = new(hidden, heads * keyDim);
    private readonly Parameter decay = new(heads);

    public Tokens Forward(Tokens x)
    {
        Tokens q = query[x], k = key[x], rate = Sigmoid(decay);
        Tokens forwards = Scan(x.Rows, hidden, keyDim,
            (t, f, n, h) => rate[t, f / width] * h + k[t, f / width * keyDim + n] * x[t, f],
            (t, f, n, h) => q[t, f / width * keyDim + n] * h);
        Tokens backwards = Scan(x.Rows, hidden, keyDim,
            (t, f, n, h) => Sigmoid(decay[f / width]) * h + k[t, f / width * keyDim + n] * x[t, f],
            (t, f, n, h) => q[t, f / width * keyDim + n] * h, backwards: true);
        return forwards - 0.5 * backwards;
    }
}

/// <summary>A selective state space in both directions, with a causal convolution before it.</summary>
[TransformerLayer]
public sealed partial class Selective(int hidden, int states)
{
    private readonly Linear input = new(hidden, 2 * hidden);
    private readonly DepthwiseConvolution convolution = new(hidden, 3, before: 2);
    private readonly Linear project = new(hidden, 2 * states);
    private readonly Linear step = new(hidden, hidden);
    private readonly Parameter logA = new(hidden, states);
    private readonly Parameter d = new(hidden);
    private readonly Linear output = new(hidden, hidden);

    public Tokens Forward(Tokens x)
    {
        (Tokens u, Tokens z) = Split(input[x], 2);
        u = Silu(convolution[u]);
        (Tokens b, Tokens c) = Split(project[u], 2);
        Tokens delta = Softplus(step[u]);
        Tokens y = Scan(u.Rows, hidden, states,
            (t, f, n, h) => Exp(-delta[t, f] * Exp(logA[f, n])) * h + delta[t, f] * b[t, n] * u[t, f],
            (t, f, n, h) => h * c[t, n]);
        Tokens w = Scan(u.Rows, 1, states,
            (t, f, n, h) => Max(0.5 * h, b[t, n]), (t, f, n, h) => n < 2 ? h : Tanh(h + n), backwards: true);
        return output[(y + d * u) * Silu(z)] + w;
    }
}

/// <summary>A mixture of experts: each row goes to k of them and no row to all.</summary>
[TransformerLayer]
public sealed partial class Mixture(int hidden, int inner, int experts, int k)
{
    private readonly Linear router = new(hidden, experts);
    private readonly LinearBank gate = new(experts, hidden, inner, bias: false);
    private readonly LinearBank up = new(experts, hidden, inner);
    private readonly LinearBank down = new(experts, inner, hidden, transposed: true);

    public Tokens Forward(Tokens x)
    {
        (Tokens gates, Tokens chosen) = TopK(Softmax(router[x]), k);
        Tokens slot = Each(x.Rows.WithLengths(x.Rows.Lengths * k), hidden, (r, f) => x[r, r / k, f]);
        Tokens expert = Each(slot.Rows, 1, (r, f) => chosen[r, r / k, r % k]);
        Tokens y = down[Silu(gate[slot, expert]) * up[slot, expert], expert];
        Tokens none = gate[x, Each(x.Rows, 1, (t, f) => t % 3 == 0 ? -1 : t % 3 == 1 ? 0.5 : experts)];
        return Each(x.Rows, hidden, (t, f) => Sum(k, s => gates[t, s] * y[t, k * t + s, f])) + Sum(none);
    }
}
