namespace KernelForge.Models.Tests.Combinations;

/// <summary>
/// Whole numbers that lie in memory between kernels, in every way that they get there, and are read as positions and as numbers of linears.
/// </summary>
[TransformerLayer]
public sealed partial class Numbered(int hidden, int kinds)
{
    private readonly LinearBank bank = new(kinds, hidden, hidden, bias: false);
    private readonly Parameter zero = new(2);

    public (Tokens Turned, Tokens Read, Tokens Chosen, Tokens Largest) Forward(Tokens x, Tokens given)
    {
        Tokens last = Each(x.Rows, 1, (t, f) => x.Length(t) - 1 - t);
        Tokens both = Concat(last - 1, last);
        (Tokens before, Tokens itself) = Split(both, 2);
        Tokens moved = last;
        for (int n = 0; n < 2; n++) moved = Max(moved - 1, 0);
        Tokens turned = Each(x.Rows, hidden, (t, f) => x[t, (int)itself[t, 0], f] - x[t, (int)before[t, 0], f] + x[t, (int)moved[t, 0], f]);

        Tokens places = given + zero;
        Tokens count = CumulativeSum(Each(x.Rows, 1, (t, f) => 1));
        Tokens read = Each(x.Rows, hidden, (t, f) =>
            x[t, (int)count[t, 0] - 1, f] + x[t, (int)places[t, f % 2], f] + (count[t, 0] - 1 == t && last[t, 0] < x.Length(t) - t ? 1 : 0));

        Tokens most = SequenceMax(last);
        Tokens number = Each(x.Rows.Sequences, 1, (s, f) => Min(kinds - 1, (int)most[s, 0]));
        Tokens largest = Each(x.Rows.Sequences, 1, (s, f) => ArgMax(x.Length(s), p => x[s, p, 0]));
        return (turned, read, bank[SequenceFirst(x), number], largest);
    }
}

/// <summary>Rows of tables by integers of an input and by positions, read for every row, and one that a condition guards.</summary>
[TransformerLayer]
public sealed partial class TableReads(int hidden, int rows, int longest)
{
    private readonly Linear mix = new(hidden, hidden);
    private readonly Parameter table = new(rows, hidden);
    private readonly Parameter positions = new(longest, hidden);

    public Tokens Forward(Tokens x, Integers kinds)
    {
        x = mix[x];
        return x + Each(x.Rows, hidden, (t, f) =>
            table[kinds[t] + 2, f] * Sum(2, n => positions[t, f] + n) + (kinds[t] < 3 ? 1 : table[kinds[t] - 3, f]));
    }
}
