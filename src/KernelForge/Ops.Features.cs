using KernelForge.Reference;

namespace KernelForge;

public static partial class Ops
{
    /// <summary>
    /// The sum of each row's features, or of each of <paramref name="groups"/> runs of as many features: <c>[rows, groups]</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The features cannot be divided into so many groups.</exception>
    public static Tokens Sum(Tokens x, int groups = 1) => RowReduction.Reduce(nameof(Sum), x, groups, RowReduction.Sum);

    /// <summary>As <see cref="Sum(Tokens, int)"/>, divided by the number of features of a group: <c>[rows, groups]</c>.</summary>
    /// <exception cref="ArgumentException">The features cannot be divided into so many groups.</exception>
    public static Tokens Mean(Tokens x, int groups = 1) =>
        RowReduction.Reduce(nameof(Mean), x, groups, static group => RowReduction.Sum(group) / group.Length);

    /// <summary>
    /// As <see cref="Sum(Tokens, int)"/>, the greatest element: <c>[rows, groups]</c>. Name the argument: <c>Max(x, groups: heads)</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The features cannot be divided into so many groups.</exception>
    public static Tokens Max(Tokens x, int groups = 1) => RowReduction.Reduce(nameof(Max), x, groups, RowReduction.Max);

    /// <summary>Features side by side, rows as in arithmetic: <c>[rows, sum of features]</c>.</summary>
    /// <exception cref="ArgumentException">There is no value, or their rows do not go together.</exception>
    public static Tokens Concat(params ReadOnlySpan<Tokens> values)
    {
        if (values.IsEmpty) throw new ArgumentException("Concat of nothing: at least one value is needed", nameof(values));
        Tokens widest = values[0];
        int features = 0;
        foreach (Tokens value in values)
        {
            ArgumentNullException.ThrowIfNull(value, nameof(values));
            if (!ReferenceEquals(Broadcasting.CommonRows(nameof(Concat), widest, value), widest.Rows)) widest = value;
            features = checked(features + value.Features);
        }
        var result = new Tokens(widest.Rows, features);
        int at = 0;
        foreach (Tokens value in values)
        {
            CopyFeatures(value, 0, result, at, value.Features);
            at += value.Features;
        }
        return result;
    }

    /// <summary>The features from <paramref name="start"/> on: <c>[rows, count]</c>.</summary>
    /// <exception cref="ArgumentException">The value has no such features.</exception>
    public static Tokens Slice(Tokens x, int start, int count)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (start < 0 || count < 1 || start > x.Features - count)
            throw new ArgumentException($"Slice: {count} features from {start} on are not in {x}", nameof(start));
        var result = new Tokens(x.Rows, count);
        CopyFeatures(x, start, result, 0, count);
        return result;
    }

    /// <summary>
    /// The features in <paramref name="parts"/> runs of the same width, to be taken apart: <c>(Tokens a, Tokens b) = Split(x, 2);</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The features cannot be divided into so many parts.</exception>
    public static Parts Split(Tokens x, int parts)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (parts < 1 || x.Features % parts != 0)
            throw new ArgumentException($"Split: the {x.Features} features of {x} do not divide into {parts} parts", nameof(parts));
        int width = x.Features / parts;
        return new Parts([.. Enumerable.Range(0, parts).Select(part => Slice(x, part * width, width))]);
    }

    /// <summary>The features in runs of these widths, which together are all features.</summary>
    /// <exception cref="ArgumentException">A width is below 1, or they add up to another number of features.</exception>
    public static Parts Split(Tokens x, int firstWidth, int secondWidth, params ReadOnlySpan<int> moreWidths)
    {
        ArgumentNullException.ThrowIfNull(x);
        int[] widths = [firstWidth, secondWidth, .. moreWidths];
        if (widths.Any(width => width < 1) || widths.Sum(width => (long)width) != x.Features)
            throw new ArgumentException($"Split: the {x.Features} features of {x} are not {string.Join(" + ", widths)}");
        int start = 0;
        var parts = new Tokens[widths.Length];
        for (int p = 0; p < parts.Length; start += widths[p++]) parts[p] = Slice(x, start, widths[p]);
        return new Parts([.. parts]);
    }

    private static void CopyFeatures(Tokens from, int fromStart, Tokens to, int toStart, int count)
    {
        int[]? source = Broadcasting.SourceRows(from, to.Rows);
        for (int row = 0; row < to.Rows.Count; row++)
        {
            int start = ((source?[row] ?? row) * from.Features) + fromStart;
            from.Values.Slice(start, count).CopyTo(to.Array.AsSpan((row * to.Features) + toStart));
        }
    }
}
