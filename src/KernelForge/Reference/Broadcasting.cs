namespace KernelForge.Reference;

/// <summary>
/// Which rows values have together: they have the same ones, or some are a table of one row, or have one row for each sequence of the
/// others' batch.
/// </summary>
internal static class Broadcasting
{
    /// <exception cref="ArgumentException">They have no rows in common; the message has both shapes.</exception>
    public static RowSpace CommonRows(string operation, Tokens a, Tokens b)
    {
        if (Broadcasts(b.Rows, a.Rows)) return a.Rows;
        if (Broadcasts(a.Rows, b.Rows)) return b.Rows;
        string why = a.Rows.ToString() == b.Rows.ToString()
            ? "their rows are as many, but not the same ones"
            : "their rows are neither the same, nor one row for all, nor one a sequence of the other's batch";
        throw new ArgumentException($"{operation}: {a} and {b} do not go together: {why}");
    }

    /// <summary>For each of the common rows the value's own row that counts there; null where it is the same row.</summary>
    public static int[]? SourceRows(Tokens value, RowSpace common)
    {
        if (ReferenceEquals(value.Rows, common)) return null;
        return value.Rows.IsTable ? new int[common.Count] : common.SequenceOfRow();
    }

    private static bool Broadcasts(RowSpace from, RowSpace to) =>
        ReferenceEquals(from, to) || from is { IsTable: true, Count: 1 } || (!to.IsTable && ReferenceEquals(from, to.Sequences));
}
