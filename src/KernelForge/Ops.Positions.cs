namespace KernelForge;

public static partial class Ops
{
    /// <summary>
    /// Each row gets the row <paramref name="by"/> positions before it in its sequence (after it, where it is negative), zeros where there
    /// is none: <c>[rows, features]</c>.
    /// </summary>
    [LayerFunction]
    public static Tokens Shift(Tokens x, int by) => Each(x.Rows, x.Features, (t, f) => x[t, t - by, f]);

    /// <summary>The sum of each row and all rows before it in its sequence: <c>[rows, features]</c>.</summary>
    /// <exception cref="ArgumentException">The value is a table, which has no sequences.</exception>
    [LayerFunction]
    public static Tokens CumulativeSum(Tokens x) => Scan(x.Rows, x.Features, 1, (t, f, n, h) => h + x[t, f], (t, f, n, h) => h);

    /// <summary>The last row of each sequence: <c>[sequences, features]</c>; zeros for an empty sequence.</summary>
    /// <exception cref="InvalidOperationException">The value is a table, which has no sequences.</exception>
    [LayerFunction]
    public static Tokens SequenceLast(Tokens x) => Each(x.Rows.Sequences, x.Features, (s, f) => x[s, x.Length(s) - 1, f]);

    /// <summary>
    /// Runs of features again and again: each of <paramref name="groups"/> runs of as many features stands <paramref name="times"/> times
    /// in its place, <c>[rows, features · times]</c>. With one group the whole row repeats; with a group for each key and value head, every
    /// head serves its query heads; with a group for each feature, every feature repeats.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The features cannot be divided into so many groups, or <paramref name="times"/> is below 1.
    /// </exception>
    [LayerFunction]
    public static Tokens Repeat(Tokens x, int times, int groups = 1) => RepeatRuns(x, times, x.Features / Sum(x, groups: groups).Features);

    [LayerFunction]
    private static Tokens RepeatRuns(Tokens x, int times, int width) =>
        Each(x.Rows, x.Features * times, (t, f) => x[t, (f / (width * times) * width) + (f % width)]);
}
