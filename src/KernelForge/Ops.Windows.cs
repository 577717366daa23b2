namespace KernelForge;

/// <summary>Windows that move along a sequence and never reach into another.</summary>
public static partial class Ops
{
    /// <summary>
    /// The rows of what has one row for each place of a window: floor((n + 2·padding − dilation·(window − 1) − 1) / stride) + 1 for a
    /// sequence of n rows, at least 0. Row t's window begins at position t·stride − padding.
    /// </summary>
    /// <param name="rows">The rows that the window moves over.</param>
    /// <param name="window">How many rows it has.</param>
    /// <param name="stride">How far it moves.</param>
    /// <param name="padding">By how many rows it begins before the sequence, and may end after it.</param>
    /// <param name="dilation">How far its rows lie apart.</param>
    /// <exception cref="InvalidOperationException">The rows are a table's.</exception>
    [LayerFunction]
    public static RowSpace Windowed(RowSpace rows, int window, int stride = 1, int padding = 0, int dilation = 1) =>
        rows.WithLengths(Max(rows.Lengths + ((2 * padding) - (dilation * (window - 1)) - 1 + stride), 0) / stride);

    /// <summary>
    /// The greatest element of the rows in each window, feature by feature: <c>[<see cref="Windowed"/> rows, features]</c>. Padding counts
    /// for nothing; a window without a row gives zeros.
    /// </summary>
    [LayerFunction]
    public static Tokens WindowMax(Tokens x, int window, int stride, int padding = 0) =>
        Each(Windowed(x.Rows, window, stride, padding), x.Features, (t, f) =>
            WindowRows(t, x.Length(t), window, stride, padding) > 0
                ? Max(WindowRows(t, x.Length(t), window, stride, padding), n => x[t, WindowStart(t, stride, padding) + n, f])
                : 0);

    /// <summary>As <see cref="WindowMax"/>, the mean of the rows that are there.</summary>
    [LayerFunction]
    public static Tokens WindowMean(Tokens x, int window, int stride, int padding = 0) =>
        Each(Windowed(x.Rows, window, stride, padding), x.Features, (t, f) =>
            Sum(WindowRows(t, x.Length(t), window, stride, padding), n => x[t, WindowStart(t, stride, padding) + n, f])
                / Max(WindowRows(t, x.Length(t), window, stride, padding), 1));

    /// <summary>The first position of a window that is in the sequence.</summary>
    [LayerFunction]
    private static int WindowStart(int t, int stride, int padding) => Max((t * stride) - padding, 0);

    /// <summary>How many rows of a window are in the sequence.</summary>
    [LayerFunction]
    private static int WindowRows(int t, int length, int window, int stride, int padding) =>
        Min((t * stride) - padding + window, length) - WindowStart(t, stride, padding);
}
