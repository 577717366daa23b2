namespace KernelForge.Library.Tests;

/// <summary>A table goes through a linear and keeps its rows; the linear's tensors lie under the layer's own name.</summary>
[TransformerLayer]
public sealed partial class ProjectedTable(int width)
{
    [Weight("")] private readonly Linear project = new(width, width, bias: false);

    public Tokens this[Tokens table] => project[table] + table;
}

/// <summary>Scores with learned and computed tables of distances, projected, of which a pair reads one row.</summary>
[TransformerLayer]
public sealed partial class RelativeTables(int hidden, int heads, int span)
{
    private readonly Linear query = new(hidden, hidden), key = new(hidden, hidden), value = new(hidden, hidden);
    private readonly Parameter table = new(2 * span + 1, hidden), bias = new(hidden);
    private readonly ProjectedTable learned = new(hidden), waves = new(hidden);

    public Tokens Forward(Tokens x)
    {
        Tokens rows = learned[table], sines = waves[Each(RowSpace.Table(2 * span + 1), hidden, (t, f) =>
            f % 2 == 0 ? Sin((t - span) * Pow(100, -1.0 * f / hidden)) : Cos((t - span) * Pow(100, -1.0 * (f - 1) / hidden)))];
        Tokens q = query[x] + bias;
        return Attention(q, key[x], value[x], heads, score: (s, i, j, h) => s + 0.1 * Sum(hidden / heads, c =>
            q[i, h * (hidden / heads) + c] * (rows[Near(i - j, span), h * (hidden / heads) + c] + sines[Near(i - j, span), h])));
    }

    [LayerFunction]
    private static int Near(int distance, int span) => Max(0, Min(2 * span, distance + span));
}

/// <summary>Keys are half as many as queries, weights are squares of scores, and both are joined to longer sequences.</summary>
[TransformerLayer]
public sealed partial class HalvedKeys(int hidden)
{
    private readonly Linear query = new(hidden, hidden), key = new(hidden, hidden), value = new(hidden, hidden);

    public (Tokens Context, Tokens Joined) Forward(Tokens x)
    {
        RowSpace half = x.Rows.WithLengths((x.Rows.Lengths + 1) / 2);
        Tokens pooled = Each(half, hidden, (t, f) => (x[t, 2 * t, f] + x[t, 2 * t + 1, f]) / (2 * t + 1 < x.Length(t) ? 2 : 1));
        Tokens context = Attention(query[x], key[pooled], value[pooled], 2,
            score: (s, i, j, h) => Max(s, 0) * Max(s, 0) / pooled.Length(j), mask: (i, j) => 2 * j <= i, softmax: false);
        RowSpace longer = x.Rows.WithLengths(x.Rows.Lengths + pooled.Rows.Lengths);
        return (context, Each(longer, hidden, (t, f) =>
            t < pooled.Length(t) ? pooled[t, t, f] : context[t, t - pooled.Length(t), f]));
    }
}

/// <summary>Ids and types in lambdas, linears by a number that may be none's, and sequences as square images.</summary>
[TransformerLayer]
public sealed partial class Grids(int kinds, int hidden)
{
    private readonly Embedding words = new(kinds, hidden);
    private readonly LinearBank bank = new(4, hidden, hidden);

    public (Tokens Chosen, Tokens Blurred) Forward(TokenIds ids)
    {
        Tokens x = words[ids];
        Tokens chosen = bank[x, Each(x.Rows, 1, (t, f) => ArgMax(hidden, c => x[t, c]) % 6 - 1)];
        Tokens near = Each(x.Rows, 2, (t, f) =>
            ids[t, t - 1] == ids[t] ? 1 : f == 0 ? ids[t, 0] : ids.Types[t] + Min(x.Length(t), n => x[t, n, 0]));
        Integers side = x.Rows.Lengths.Select(Root);
        RowSpace grid = x.Rows.WithLengths(side * side);
        return (chosen + Sum(near), Each(grid, hidden, (p, f) => Sum(3, a => Sum(3, b =>
            IsInside(p / side[p] + a - 1, side[p]) && IsInside(p % side[p] + b - 1, side[p])
                ? x[p, (p / side[p] + a - 1) * side[p] + p % side[p] + b - 1, f] : 0))));
    }

    internal static int Root(int n) => (int)Math.Sqrt(n);

    [LayerFunction]
    private static bool IsInside(int place, int side) => place >= 0 && place < side;
}
