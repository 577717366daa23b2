namespace KernelForge.Reference;

/// <summary>
/// Which of a value's rows a lambda reads that is called for a row <c>t</c>. What throws stands apart, so that the reads are inlined: a fold
/// makes millions of them.
/// </summary>
internal static class RowAccess
{
    /// <summary>
    /// t's own row among <paramref name="rows"/>; or that of its sequence, where they are one a sequence; or the only one of a table.
    /// </summary>
    /// <exception cref="ArgumentException">They are other rows; the message names <paramref name="value"/>.</exception>
    public static int Own(RowSpace rows, Row t, object value) => ReferenceEquals(t.Rows, rows) ? t.Absolute : Shared(rows, t, value);

    /// <summary>The row at a position of t's sequence, or −1 where the sequence has none there.</summary>
    /// <exception cref="ArgumentException">The rows belong to no sequence, or to other sequences than t's.</exception>
    public static int At(RowSpace rows, Row t, int position, object value)
    {
        int sequence = SequenceIn(rows, t, value), first = rows.Offsets[sequence];
        return (uint)position < (uint)(rows.Offsets[sequence + 1] - first) ? first + position : -1;
    }

    /// <summary>The sequence of t, which is one of <paramref name="rows"/> too.</summary>
    /// <exception cref="ArgumentException">The rows belong to no sequence, or to other sequences than t's.</exception>
    public static int SequenceIn(RowSpace rows, Row t, object value)
    {
        if (rows.IsTable || (!ReferenceEquals(t.Rows, rows) && (t.Rows.IsTable || t.Rows.SequenceCount != rows.SequenceCount)))
            throw NoSequence(rows, t, value);
        return t.Sequence;
    }

    private static int Shared(RowSpace rows, Row t, object value)
    {
        if (rows is { IsTable: true, Count: 1 }) return 0;
        if (t.Rows is { IsTable: false } others && ReferenceEquals(others.Sequences, rows)) return t.Sequence;
        throw new ArgumentException($"{value} cannot be read at {t} of {t.Rows}: it has other rows");
    }

    private static ArgumentException NoSequence(RowSpace rows, Row t, object value) => new(
        rows.IsTable ? $"{value} has no sequences to be read by position: the rows of a table belong to none"
        : t.Rows.IsTable ? $"{value} cannot be read by position at a row of a table, which belongs to no sequence"
        : $"{value} has {rows.SequenceCount} sequences and cannot be read at {t} of {t.Rows} in {t.Rows.SequenceCount} sequences");
}
