namespace KernelForge.Models.Tests.Combinations;

/// <summary>
/// Recurrences in both directions whose factors and inputs the rows bring: as they stand, and again with a step that does not show that it is linear, which is gone through
/// row by row.
/// </summary>
[TransformerLayer]
public sealed partial class Driven(int features, int states)
{
    private readonly Parameter weight = new(features, states);
    private readonly Parameter gain = new(features);

    public (Tokens Linear, Tokens RowByRow) Forward(Tokens a, Tokens b)
    {
        a += 0 * gain;
        b *= gain;
        Tokens forwards = Scan(a.Rows, features, states, (t, f, n, h) => a[t, f] * h + b[t, f] * (1 + n), (t, f, n, h) => weight[f, n] * h);
        Tokens backwards = Scan(a.Rows, features, states, (t, f, n, h) => a[t, f] * h + b[t, f] * (1 + n), (t, f, n, h) => weight[f, n] * h, backwards: true);
        Tokens hidden = Scan(a.Rows, features, states, (t, f, n, h) => a[t, f] * Max(h, -3e38) + b[t, f] * (1 + n), (t, f, n, h) => weight[f, n] * h);
        Tokens back = Scan(
            a.Rows, features, states, (t, f, n, h) => a[t, f] * Max(h, -3e38) + b[t, f] * (1 + n), (t, f, n, h) => weight[f, n] * h, backwards: true);
        return (Concat(forwards, backwards), Concat(hidden, back));
    }
}

/// <summary>Steps that are linear in other words, with an output that is not.</summary>
[TransformerLayer]
public sealed partial class Affine(int features)
{
    private readonly Parameter decay = new(features);

    public Tokens Forward(Tokens x)
    {
        Tokens chosen = Scan(x.Rows, features, 3,
            (t, f, n, h) => t % 50 == 7 ? x[t, f] : (x[t, f] - h) / (2 + n) - h * Sigmoid(decay[f]) / 3, (t, f, n, h) => Tanh(h) + n);
        Tokens unread = Scan(x.Rows, features, 1, (t, f, n, h) => x[t, f], (t, f, n, h) => h * h, backwards: true);
        Tokens counted = Scan(x.Rows, features, 2, (t, f, n, h) => n * h - -(0.25 * h) * (1 - n) + (f % 2 == 0 ? -0.5 * h : h * 0.5) * (1 - n), (t, f, n, h) => h + x[t, f]);
        return chosen + unread + counted + CumulativeSum(x);
    }
}

/// <summary>Sums that fade, and know the row's position.</summary>
[TransformerLayer]
[Incremental]
public sealed partial class Remembering(int features, int states)
{
    private readonly Parameter scale = new(features);
    private readonly Parameter weight = new(features, states);

    public Tokens Forward(Tokens x)
    {
        x *= scale;
        return Scan(
            x.Rows, features, states, (t, f, n, h) => 0.98 * h + x[t, f] * (1 + n) + 0.01 * (t % 5), (t, f, n, h) => h * weight[f, n]);
    }
}
