namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>A choice of how blocks are made, as definitions for the compiler.</summary>
internal sealed record KernelShape(string Variant, int Threads, int SharedBytes, params (string Name, int Value)[] Definitions)
{
    /// <summary>Rows of a block where a warp takes one; else a block takes one row.</summary>
    private const int RowsOfBlock = 4;

    private const int MostWarpsOfRow = 32;

    /// <summary>Chunks of eight columns that a lane should hold at most of a row.</summary>
    private const int ChunksOfLane = 4;

    /// <summary>Rows of a sequence that a block of a segment kernel has under way.</summary>
    private const int Slots = 32;

    private const int ElementThreads = 256;

    private const int ScanThreads = 128;

    /// <summary>States that a lane should hold at most: more lanes hide more of what memory takes.</summary>
    private const int StatesOfLane = 4;

    private const int OrderWarps = 8;

    /// <summary>Warps of a block that keeps rows, as <c>kept.cuh</c> has it: each takes a row in turn.</summary>
    private const int KeepWarps = 8;

    public static KernelShape Of(GemmTile tile) => new(tile.Name, tile.Threads, tile.SharedBytes,
        ("TILE_M", tile.Rows), ("TILE_N", tile.Columns), ("WARP_M", tile.WarpRows), ("WARP_N", tile.WarpColumns), ("STAGES", tile.Stages),
        ("BLOCKS", tile.Blocks));

    /// <summary>Rows of a row kernel that a block takes, and the kernel's shape.</summary>
    public static (int Rows, KernelShape Shape) OfRows(int widest)
    {
        int warps = 1;
        while (warps < MostWarpsOfRow && widest > warps * 32 * 8 * ChunksOfLane) warps *= 2;
        // Warps that share a row meet at the block's barriers: it has no other row then.
        int rows = warps == 1 ? RowsOfBlock : 1;
        return (rows, new KernelShape("", rows * warps * 32, 0, ("ROW_WARPS", warps), ("ROWS", rows)));
    }

    /// <summary>Rows and features of a block that takes each feature by itself, and the kernel's shape.</summary>
    public static (int Rows, int Features, KernelShape Shape) OfElements(int columns)
    {
        int lanes = 8;
        while (lanes < ElementThreads && lanes < columns) lanes *= 2;
        int rows = ElementThreads / lanes;
        return (rows, lanes, new KernelShape("", ElementThreads, 0, ("ROWS", rows), ("LANES", lanes)));
    }

    /// <summary>Features of a block of a scan, and the kernel's shape: neighbouring lanes share the states of a feature.</summary>
    public static (int Features, KernelShape Shape) OfScan(int states)
    {
        int lanes = 1;
        while (lanes < 32 && lanes * StatesOfLane < states) lanes *= 2;
        return (ScanThreads / lanes, new KernelShape(
            "", ScanThreads, 0, ("STATE_LANES", lanes), ("STATES_OF_LANE", (states + lanes - 1) / lanes)));
    }

    /// <summary>The same of kernels that know of chunks.</summary>
    public static (int Features, KernelShape Shape) OfScanInChunks(int states)
    {
        (int features, KernelShape shape) = OfScan(states);
        return (features, shape with { Definitions = [.. shape.Definitions, ("SCAN_CHUNK", ScanChunksPart.Rows)] });
    }

    /// <summary>Blocks that share a sequence's rows: a turn each for most, and never so many that launching them takes the time.</summary>
    public static int KeepBlocks(int rows) => Math.Clamp((rows + KeepWarps - 1) / KeepWarps, 1, 32);

    public static KernelShape OfKeep() => new("", KeepWarps * 32, 0);

    public static KernelShape OfOrder() => new("", OrderWarps * 32, 0, ("ORDER_WARPS", OrderWarps));

    public static KernelShape OfSegment() => new("", Slots * 8, 0, ("SLOTS", Slots));
}
