namespace KernelForge.Models.Tests.Combinations;

/// <summary>
/// Masks that are told of whole tiles by what a sequence has once: a prefix, keys before its end, a window that may be all, a share of its length.
/// </summary>
[TransformerLayer]
public sealed partial class Bounded(int hidden, int heads, int prefix, int tail, int window, bool global)
{
    private readonly Linear mix = new(hidden, hidden);

    public (Tokens Prefixed, Tokens Last, Tokens Near, Tokens Shared) Forward(Tokens x)
    {
        Tokens y = mix[x];
        Integers half = x.Rows.Lengths / 2;
        RowSpace longer = x.Rows.WithLengths(x.Rows.Lengths + 3);
        Tokens prefixed = Attention(y, x, x, heads, mask: (i, j) => j < prefix || j <= i);
        Tokens last = Attention(y, x, x, heads, mask: (i, j) => (int)j >= x.Length(i) - tail && (longer.Length(j) > 3 || i < j));
        Tokens near = Attention(y, x, x, heads, mask: (i, j) => global ? true : j > i ? false : i - j < window);
        Tokens shared = Attention(y, x, x, heads, mask: (i, j) => j < (i % 2 == 0 ? half[i] : half[j] / 2));
        return (prefixed, last, near, shared);
    }
}

/// <summary>Columns that a loop's index names, where a condition says that they are there.</summary>
[TransformerLayer]
public sealed partial class SlicedByIndex(int hidden, int parts, int[] widths)
{
    private readonly Linear linear = new(hidden, hidden);

    public Tokens Forward(Tokens x)
    {
        Tokens y = linear[x];
        for (int n = 0; n < parts; n++)
        {
            x += Slice(y, n, 1) * Slice(y, hidden - 1 - n, 1);
            for (int m = n; m < n + parts; m++)
                if (widths[m % widths.Length] > 0) x += Tanh(Slice(y, m, 1)) * Sum(Slice(y, n, widths[m % widths.Length]));
        }
        return x;
    }
}
