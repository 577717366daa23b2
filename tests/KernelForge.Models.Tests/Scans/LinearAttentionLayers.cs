namespace KernelForge.Models.Tests.Scans;

/// <summary>
/// Retention whose rows bring their decays, queries, keys and values side by side, in both directions: as linear attention, and again with a
/// step that does not show that it is linear, which is gone through row by row.
/// </summary>
[TransformerLayer]
public sealed partial class Retaining(int heads, int keyDim, int width)
{
    public (Tokens InChunks, Tokens RowByRow) Forward(Tokens x)
    {
        (Tokens a, Tokens q, Tokens k, Tokens v) = Split(x, heads, heads * keyDim, heads * keyDim, heads * width);
        Tokens forwards = Scan(v.Rows, heads * width, keyDim,
            (t, f, n, h) => a[t, f / width] * h + k[t, f / width * keyDim + n] * v[t, f],
            (t, f, n, h) => q[t, f / width * keyDim + n] * h);
        Tokens backwards = Scan(v.Rows, heads * width, keyDim,
            (t, f, n, h) => a[t, f / width] * h + k[t, f / width * keyDim + n] * v[t, f],
            (t, f, n, h) => q[t, f / width * keyDim + n] * h, backwards: true);
        Tokens hidden = Scan(v.Rows, heads * width, keyDim,
            (t, f, n, h) => a[t, f / width] * Max(h, -3e38) + k[t, f / width * keyDim + n] * v[t, f],
            (t, f, n, h) => q[t, f / width * keyDim + n] * h);
        Tokens back = Scan(v.Rows, heads * width, keyDim,
            (t, f, n, h) => a[t, f / width] * Max(h, -3e38) + k[t, f / width * keyDim + n] * v[t, f],
            (t, f, n, h) => q[t, f / width * keyDim + n] * h, backwards: true);
        return (Concat(forwards, backwards), Concat(hidden, back));
    }
}

/// <summary>Linear attention in other words: Mamba-2 with keys that some heads share, one head over all features, and positions.</summary>
[TransformerLayer]
public sealed partial class StateSpaceDuality(int groups, int each, int width, int states)
{
    private readonly Linear rate = new(groups * each * width, groups * each), keys = new(groups * each * width, 2 * groups * states);
    private readonly Parameter decay = new(groups * each), table = new(3, states);

    public Tokens Forward(Tokens u)
    {
        Tokens delta = Softplus(rate[u]);
        (Tokens b, Tokens c) = Split(keys[u], 2);
        Tokens grouped = Scan(u.Rows, groups * each * width, states,
            (t, f, n, h) => Exp(-delta[t, f / width] * Exp(decay[f / width])) * h
                - delta[t, f / width] * b[t, f / (each * width) * states + n] * u[t, f] / states,
            (t, f, n, h) => h * c[t, f / (each * width) * states + n]);
        Tokens whole = Scan(u.Rows, groups * each * width, states,
            (t, f, n, h) => t % 100 == 70 ? 0 : 0.99 * (h + table[t % 3, n] * Sigmoid(u[t, f])),
            (t, f, n, h) => h * Cos(t + n), backwards: true);
        return grouped + whole;
    }
}

/// <summary>Retention that later rows go on from.</summary>
[TransformerLayer]
[Incremental]
public sealed partial class RetainingOn(int heads, int width)
{
    public Tokens Forward(Tokens x)
    {
        (Tokens q, Tokens k, Tokens v) = Split(x, heads * width, heads * width, heads * width);
        return Scan(x.Rows, heads * width, width,
            (t, f, n, h) => (1 - Pow(2, -2 - f / width)) * h + k[t, f / width * width + n] * v[t, f],
            (t, f, n, h) => q[t, f / width * width + n] * h);
    }
}
