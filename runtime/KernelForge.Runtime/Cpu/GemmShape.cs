namespace KernelForge.Runtime.Cpu;

/// <summary>
/// How a product is cut into items: blocks of rows, and ranges of panels within each. Items are numbered so that neighbouring ones are best on one
/// thread.
/// </summary>
internal readonly record struct GemmShape(int RowCount, int RowBlocks, int PanelCount, int PanelRanges, int Threads)
{
    /// <summary>Items a thread: enough that one that is slow leaves its share to others.</summary>
    private const int ItemsPerThread = 4;

    /// <summary>
    /// With so many rows for each, threads have rows of their own, which they mostly wrote themselves, and all of them read all weights; with fewer
    /// they have weights of their own, and all of them read all rows.
    /// </summary>
    private const int FewestOwnRows = 32;

    public int Items => RowBlocks * PanelRanges;

    /// <summary>
    /// Blocks of rows whose activations fill at most half of the second-level cache; then enough ranges of panels to occupy all threads. All
    /// items cost the same, so that they are as many for each thread: of 27 on two threads the last would have one idle.
    /// </summary>
    public static GemmShape Choose(int rows, int inputs, int panels, int tileRows, int threads)
    {
        int fitting = Math.Max(1, CacheSizes.L2 / 2 / sizeof(float) / Math.Max(1, inputs) / tileRows) * tileRows;
        int blocks = (rows + fitting - 1) / fitting;
        if (blocks >= ItemsPerThread * threads) return new GemmShape(rows, Math.Min(rows, Multiple(blocks)), panels, 1, threads);
        bool ownRows = rows >= FewestOwnRows * threads;
        if (ownRows) blocks = Multiple(blocks);
        int ranges = threads == 1 ? 1 : Math.Min(panels, ((ItemsPerThread * threads) + blocks - 1) / blocks);
        if (!ownRows) ranges = Math.Min(panels, Multiple(ranges));
        return new GemmShape(rows, blocks, panels, ranges, threads);

        int Multiple(int number) => (number + threads - 1) / threads * threads;
    }

    public (int First, int End) Rows(int item) => RowsOf(BlockOf(item));

    public (int First, int End) RowsOf(int block) =>
        (Even.Start(0, RowCount, block, RowBlocks), Even.Start(0, RowCount, block + 1, RowBlocks));

    /// <summary>The block of rows of an item.</summary>
    public int BlockOf(int item) => OwnsPanels ? item % ItemsOfThread / RangesOfThread : item / PanelRanges;

    public (int First, int End) Panels(int item)
    {
        int range = OwnsPanels ? (item / ItemsOfThread * RangesOfThread) + (item % RangesOfThread) : item % PanelRanges;
        return (Even.Start(0, PanelCount, range, PanelRanges), Even.Start(0, PanelCount, range + 1, PanelRanges));
    }

    /// <summary>Whether the items of a thread are some ranges of panels for all blocks of rows, rather than some blocks of rows for all panels.</summary>
    private bool OwnsPanels => RowBlocks % Threads != 0 && PanelRanges % Threads == 0;

    private int RangesOfThread => PanelRanges / Threads;

    private int ItemsOfThread => RowBlocks * RangesOfThread;
}

/// <summary>Cuts a range into parts whose sizes differ by one at most.</summary>
internal static class Even
{
    /// <summary>Where part <paramref name="part"/> of <paramref name="parts"/> begins.</summary>
    public static int Start(int first, int end, int part, int parts) => first + (int)((long)(end - first) * part / parts);
}
