namespace KernelForge.Models.Tests.Combinations;

// Rows of sequences that are not those of an input: other lengths, tables, integers that the host computes.

/// <summary>Queries of a sequence over its rows by twos and over chunks of chunks; results of rows of their own.</summary>
[TransformerLayer]
public sealed partial class Lengthened(int hidden, int heads, int chunk)
{
    private readonly Linear key = new(hidden, hidden);
    private readonly Linear value = new(hidden, hidden);
    private readonly LayerNorm norm = new(hidden);
    private readonly LayerNorm first = new(hidden);

    public (Tokens Rows, Tokens Pairs, Tokens Chunks) Forward(Tokens x)
    {
        x = first[x];
        RowSpace half = x.Rows.WithLengths(x.Rows.Lengths / 2);
        RowSpace between = x.Rows.WithLengths(Max(2 * x.Rows.Lengths - 1, 0));
        RowSpace chunks = x.Rows.WithLengths((x.Rows.Lengths + (chunk - 1)) / chunk * 4);
        Tokens pooled = Each(half, hidden, (t, f) => Max(x[t, 2 * t, f], x[t, 2 * t + 1, f]));
        Tokens spread = norm[Each(between, hidden, (t, f) => t % 2 == 0 ? x[t, t / 2, f] : 0.5 * (x[t, t / 2, f] + x[t, t / 2 + 1, f]))];
        Tokens summed = Each(chunks, hidden, (t, f) => Sum(chunk, n => x[t, t / 4 * chunk + n, f]) * (t % 4 + 1) + (f < t ? 1 : 0));
        Tokens context = Attention(x, key[pooled], value[pooled], heads);
        context += Attention(x, key[spread], value[spread], heads, mask: (i, j) => Abs(2 * i - j) <= 6);
        Tokens back = Attention(spread, x, x, heads, score: (s, i, j, h) => s - (x.Length(i) - j) * 0.01 * (h + 1));
        return (context + SequenceMean(spread), back, summed + SequenceMax(pooled));
    }
}

/// <summary>The greatest of each group of rows that integers put together, and what a mask and a score make of the groups.</summary>
[TransformerLayer]
public sealed partial class Segmented(int hidden, int heads, int groups)
{
    private readonly Embedding table = new(64, hidden);
    private readonly Parameter bias = new(groups, heads);
    private readonly Parameter scale = new(hidden);

    public Tokens Forward(Tokens x, Integers segment)
    {
        x *= scale;
        RowSpace groupRows = x.Rows.WithLengths(Min(x.Rows.Lengths, groups));
        Tokens greatest = Each(groupRows, hidden, (g, f) => Max(x.Length(g), p => segment[g, p] % groups == g ? x[g, p, f] : -4));
        Tokens own = Each(x.Rows, hidden, (t, f) => greatest[t, segment[t] % groups, f] * (segment[t, t - 1] == segment[t] ? 1 : -1));
        Tokens looked = table[x.Positions * x.Positions % 50 + segment / 3] + table[Max(segment, x.Positions % 7).Select(Twice)];
        Tokens context = Attention(
            x, x, x, heads,
            score: (s, i, j, h) => s + bias[segment[j] % groups, h] + Sum(segment[i, i - j] % 3, n => x[j, j - n, h]),
            mask: (i, j) => segment[i] == segment[j] || j < x.Length(i) / 2);
        return context + own * looked;
    }

    internal static int Twice(int n) => (2 * n) % 60;
}

/// <summary>A table of relative distances through a norm and a linear, read by a score that folds over the width of a head.</summary>
[TransformerLayer]
public sealed partial class Relative(int hidden, int heads, int reach)
{
    private readonly int width = hidden / heads;
    private readonly Parameter positions = new(2 * reach + 1, hidden);
    private readonly LayerNorm norm = new(hidden);
    private readonly Linear project = new(hidden, hidden);
    private readonly Parameter scales = new(hidden);

    public Tokens Forward(Tokens x)
    {
        Tokens table = project[norm[positions]];
        Tokens sines = Each(RowSpace.Table(2 * reach + 1), hidden, (r, f) => Sin((r - reach) * 0.3 + f)) * scales;
        return Attention(x * scales, x, x, heads, score: (s, i, j, h) =>
            s + 0.3 * Sum(width, c => x[i, h * width + c] * table[Max(Min(i - j, reach), -reach) + reach, h * width + c])
                + sines[Max(Min(i - j, reach), -reach) + reach, h]);
    }
}

/// <summary>Attention whose weights are no softmax: of the products, of positions alone, and none at all of masked pairs.</summary>
[TransformerLayer]
public sealed partial class Unnormalised(int hidden, int heads)
{
    private readonly Linear query = new(hidden, hidden);
    private readonly Parameter decay = new(heads);

    public Tokens Forward(Tokens x)
    {
        Tokens q = query[x];
        Tokens squared = Attention(q, x, x, heads, score: (s, i, j, h) => Relu(s) * Relu(s) / x.Length(i), mask: (i, j) => j <= i, softmax: false);
        Tokens decayed = Attention(
            q, x, x, heads, score: (s, i, j, h) => Exp(-Sigmoid(decay[h]) * (i - j)), mask: (i, j) => i - j < 9 && j <= i, softmax: false);
        return 0.1 * squared + decayed + Attention(q, x, x, heads, scale: 0.05, softmax: false)
            + Attention(q, x, x, heads, score: (s, i, j, h) => j % 3 == 0 ? 0.5 : -Abs(i - j) * 0.1);
    }
}

/// <summary>Every pair of a row of one input and a row of another, and sums of sequences of one over those of the other.</summary>
[TransformerLayer]
public sealed partial class Paired(int hidden, int memoryWidth)
{
    private readonly Linear left = new(hidden, 8);
    private readonly Linear right = new(memoryWidth, 8);
    private readonly Parameter v = new(8);

    public (Tokens Pairs, Tokens Rows) Forward(Tokens x, Tokens memory)
    {
        Tokens a = left[x], b = right[memory];
        Tokens pairs = Each(x.Rows.WithLengths(x.Rows.Lengths * 3), 1, (p, f) =>
            Sum(8, c => v[c] * Tanh(a[p, p / 3, c] + b[p, p % 3, c])));
        Tokens rows = Scan(x.Rows, 8, 1, (t, f, n, h) => 0.5 * h + b[t, t, f], (t, f, n, h) => h * memory.Length(t));
        return (pairs, rows + a);
    }
}

/// <summary>Rows that the first sequences may not have.</summary>
[TransformerLayer]
public sealed partial class Shortened(int hidden, int by)
{
    private readonly Parameter scale = new(hidden);

    public Tokens Forward(Tokens x)
    {
        Tokens scaled = x * scale;
        return Each(x.Rows.WithLengths(x.Rows.Lengths - by), hidden, (t, f) => scaled[t, t + by, f]);
    }
}
