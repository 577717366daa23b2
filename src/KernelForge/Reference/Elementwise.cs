namespace KernelForge.Reference;

/// <summary>Functions of one element, and of two whose shapes agree or broadcast.</summary>
internal static class Elementwise
{
    public static Tokens Map(Tokens x, Func<double, double> function)
    {
        ArgumentNullException.ThrowIfNull(x);
        var result = new Tokens(x.Rows, x.Features);
        double[] from = x.Array, to = result.Array;
        Work.For(x.Rows.Count, x.Features, row =>
        {
            int start = row * x.Features;
            for (int n = start; n < start + x.Features; n++) to[n] = function(from[n]);
        });
        return result;
    }

    public static Tokens Map(string operation, Tokens a, Tokens b, Func<double, double, double> function)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        RowSpace rows = CommonRows(operation, a, b);
        int features = CommonFeatures(operation, a, b);
        var result = new Tokens(rows, features);
        int[]? rowOfA = RowsOf(a, rows), rowOfB = RowsOf(b, rows);
        int stepA = a.Features == 1 ? 0 : 1, stepB = b.Features == 1 ? 0 : 1;
        double[] left = a.Array, right = b.Array, to = result.Array;
        Work.For(rows.Count, features, row =>
        {
            int startA = (rowOfA?[row] ?? row) * a.Features, startB = (rowOfB?[row] ?? row) * b.Features, start = row * features;
            for (int f = 0; f < features; f++) to[start + f] = function(left[startA + (f * stepA)], right[startB + (f * stepB)]);
        });
        return result;
    }

    private static RowSpace CommonRows(string operation, Tokens a, Tokens b)
    {
        if (Broadcasts(b.Rows, a.Rows)) return a.Rows;
        if (Broadcasts(a.Rows, b.Rows)) return b.Rows;
        string why = a.Rows.ToString() == b.Rows.ToString()
            ? "their rows are as many, but not the same ones"
            : "their rows are neither the same, nor one row for all, nor one a sequence of the other's batch";
        throw new ArgumentException($"{operation}: {a} and {b} do not go together: {why}");
    }

    private static int CommonFeatures(string operation, Tokens a, Tokens b)
    {
        if (a.Features == b.Features || b.Features == 1) return a.Features;
        if (a.Features == 1) return b.Features;
        throw new ArgumentException(
            $"{operation}: {a} and {b} do not go together: {a.Features} and {b.Features} features, neither of them 1");
    }

    private static bool Broadcasts(RowSpace from, RowSpace to) =>
        ReferenceEquals(from, to) || from is { IsTable: true, Count: 1 } || (!to.IsTable && ReferenceEquals(from, to.Sequences));

    /// <summary>For each row of the result the row of the operand that counts there; null where it is the same row.</summary>
    private static int[]? RowsOf(Tokens operand, RowSpace rows)
    {
        if (ReferenceEquals(operand.Rows, rows)) return null;
        int[] source = new int[rows.Count];
        if (operand.Rows.IsTable) return source;
        for (int s = 0; s < rows.SequenceCount; s++) source.AsSpan(rows.Offsets[s]..rows.Offsets[s + 1]).Fill(s);
        return source;
    }
}
