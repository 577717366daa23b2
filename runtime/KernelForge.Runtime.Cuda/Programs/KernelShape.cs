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

    public static KernelShape OfSegment() => new("", Slots * 8, 0, ("SLOTS", Slots));
}
