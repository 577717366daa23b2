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
        Storage.Round(to);
        return result;
    }

    public static Tokens Map(string operation, Tokens a, Tokens b, Func<double, double, double> function)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        RowSpace rows = Broadcasting.CommonRows(operation, a, b);
        int features = CommonFeatures(operation, a, b);
        var result = new Tokens(rows, features);
        int[]? rowOfA = Broadcasting.SourceRows(a, rows), rowOfB = Broadcasting.SourceRows(b, rows);
        int stepA = a.Features == 1 ? 0 : 1, stepB = b.Features == 1 ? 0 : 1;
        double[] left = a.Array, right = b.Array, to = result.Array;
        Work.For(rows.Count, features, row =>
        {
            int startA = (rowOfA?[row] ?? row) * a.Features, startB = (rowOfB?[row] ?? row) * b.Features, start = row * features;
            for (int f = 0; f < features; f++) to[start + f] = function(left[startA + (f * stepA)], right[startB + (f * stepB)]);
        });
        Storage.Round(to);
        return result;
    }

    private static int CommonFeatures(string operation, Tokens a, Tokens b)
    {
        if (a.Features == b.Features || b.Features == 1) return a.Features;
        if (a.Features == 1) return b.Features;
        throw new ArgumentException(
            $"{operation}: {a} and {b} do not go together: {a.Features} and {b.Features} features, neither of them 1");
    }
}
