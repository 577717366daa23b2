namespace KernelForge.Reference;

/// <summary>Reductions over the rows of each sequence. Sums add in ascending order; an empty sequence gives zeros.</summary>
internal static class SequenceReduction
{
    /// <summary>Reduces <c>[length, features]</c> with a length of at least 1 to <c>[features]</c>.</summary>
    public delegate void Reduction(ReadOnlySpan<double> rows, Span<double> result);

    public static Tokens Reduce(string operation, Tokens x, Reduction reduction)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rows.IsTable) throw new ArgumentException($"{operation} of {x}: the rows of a table belong to no sequence", nameof(x));
        var result = new Tokens(x.Rows.Sequences, x.Features);
        for (int s = 0; s < x.Rows.SequenceCount; s++)
        {
            int first = x.Rows.Offsets[s], length = x.Rows.Offsets[s + 1] - first;
            if (length == 0) continue;
            reduction(
                x.Values.Slice(first * x.Features, length * x.Features),
                result.Array.AsSpan(s * x.Features, x.Features));
        }
        Storage.Round(result.Array);
        return result;
    }

    public static void Sum(ReadOnlySpan<double> rows, Span<double> result)
    {
        for (int n = 0; n < rows.Length; n++) result[n % result.Length] += rows[n];
    }

    public static void Mean(ReadOnlySpan<double> rows, Span<double> result)
    {
        Sum(rows, result);
        int length = rows.Length / result.Length;
        for (int f = 0; f < result.Length; f++) result[f] /= length;
    }

    public static void Max(ReadOnlySpan<double> rows, Span<double> result)
    {
        First(rows, result);
        for (int n = result.Length; n < rows.Length; n++) result[n % result.Length] = Math.Max(result[n % result.Length], rows[n]);
    }

    public static void First(ReadOnlySpan<double> rows, Span<double> result) => rows[..result.Length].CopyTo(result);
}
