namespace KernelForge.Reference;

/// <summary>Reductions of each row over its features, or over runs of as many features. Sums add in ascending order.</summary>
internal static class RowReduction
{
    public delegate double Reduction(ReadOnlySpan<double> group);

    public static Tokens Reduce(string operation, Tokens x, int groups, Reduction reduction)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (groups < 1 || x.Features % groups != 0)
            throw new ArgumentException(
                $"{operation}: the {x.Features} features of {x} do not divide into {groups} groups", nameof(groups));
        int width = x.Features / groups;
        var result = new Tokens(x.Rows, groups);
        double[] from = x.Array, to = result.Array;
        Work.For(x.Rows.Count, x.Features, row =>
        {
            for (int n = row * groups; n < (row + 1) * groups; n++) to[n] = reduction(from.AsSpan(n * width, width));
        });
        Storage.Round(to);
        return result;
    }

    public static double Sum(ReadOnlySpan<double> group)
    {
        double sum = 0;
        foreach (double element in group) sum += element;
        return sum;
    }

    public static double Max(ReadOnlySpan<double> group)
    {
        double max = group[0];
        foreach (double element in group[1..]) max = Math.Max(max, element);
        return max;
    }
}
