using KernelForge.Runtime;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>A convolution that halves the rows, written out: reads at positions, of a table, folds, lengths and a row space of its own.</summary>
[TransformerLayer]
public sealed partial class Strided(int features, int outputs, int kernel)
{
    private readonly Parameter scale = new(features);
    private readonly Parameter taps = new(outputs, features * kernel);
    private readonly Parameter ends = new(2, outputs);

    public Tokens Forward(Tokens x)
    {
        x *= scale;
        RowSpace halves = x.Rows.WithLengths((x.Rows.Lengths + 1) / 2);
        Tokens convolved = Each(halves, outputs, (t, f) =>
            Sum(kernel, k => Sum(features, c => taps[f, c * kernel + k] * x[t, 2 * t + k - kernel / 2, c]))
            + (t == 0 ? ends[0, f] : t == halves.Length(t) - 1 ? ends[1, f] : 0));
        return Each(halves, outputs, (t, f) => convolved[t, f] - Max(3, n => convolved[t, t - n, f]));
    }
}

/// <summary>A gated state of each feature, with several states to a feature, both ways.</summary>
[TransformerLayer]
public sealed partial class Recurrent(int features, int states)
{
    private readonly Parameter decay = new(features, states);
    private readonly Linear input = new(features, states);

    public Tokens Forward(Tokens x)
    {
        Tokens b = input[x];
        Tokens forwards = Scan(x.Rows, features, states,
            (t, f, n, h) => h * Exp(-Abs(decay[f, n]) - Abs(x[t, f])) + b[t, n] * x[t, f],
            (t, f, n, h) => h * b[t, n]);
        Tokens backwards = Scan(x.Rows, features, 1, (t, f, n, h) => Max(h - 1, x[t, f]), (t, f, n, h) => h, backwards: true);
        return forwards + backwards;
    }
}

/// <summary>States that fade slowly, but for ten rows that let them shrink by much and then grow again.</summary>
[TransformerLayer]
public sealed partial class Fading(int features, int states)
{
    private readonly Parameter scale = new(features);
    private readonly Parameter gain = new(features, states);

    public Tokens Forward(Tokens x)
    {
        x *= scale;
        return Scan(x.Rows, features, states,
            (t, f, n, h) => (t < 1200 || t >= 1210 ? 0.99 : t < 1205 ? 1e-9 : 1e9) * h + (t < 1200 ? 1e9 * Abs(x[t, f]) : 0), (t, f, n, h) => h * Abs(gain[f, n]));
    }
}

/// <summary>Each row by the linear of the greatest of its first features; rows whose greatest is small by none.</summary>
[TransformerLayer]
public sealed partial class Experts(int features, int outputs, int count)
{
    private readonly LinearBank experts = new(count, features, outputs);

    public Tokens Forward(Tokens x)
    {
        Tokens expert = Each(x.Rows, 1, (t, f) => x[t, 0] > 1.5 ? -1 : (double)ArgMax(count, n => x[t, n]));
        return experts[x, expert];
    }
}

/// <summary>Attention whose weights are the scores, which fold over features and read a row of the sequence by its position.</summary>
[TransformerLayer]
public sealed partial class Unsoftened(int hidden, int heads)
{
    private readonly Linear query = new(hidden, hidden);

    public Tokens Forward(Tokens x) => Ops.Attention(
        query[x], x, x, heads, softmax: false,
        score: (s, i, j, h) => s / (1 + x.Length(i)) + Sum(3, n => x[i, n] * x[j, i - j, n]) * 0.1, mask: (i, j) => j <= i);
}
