using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Settings of the device library's attention of few new queries over kept keys, for one width of heads.</summary>
/// <param name="Rows">Queries times heads of a warp's tile.</param>
/// <param name="KeyTile">Keys in shared memory at a time: decides the order of the sums.</param>
/// <param name="Stages">Tiles of keys in shared memory.</param>
/// <param name="Blocks">Blocks, of one warp, that a multiprocessor runs at a time.</param>
internal sealed record DecodeTile(int Rows, int KeyTile, int Stages, int Blocks)
{
    /// <summary>Warps of a multiprocessor that are enough to compute while others wait, and to have memory busy.</summary>
    private const int EnoughBlocks = 4;

    /// <summary>What the system keeps of each block's shared memory; one block can have all of a multiprocessor's but these.</summary>
    private const int ReservedSharedBytes = 1024;

    /// <summary>More than these would leave a thread less than 128 registers.</summary>
    private const int MostBlocks = 16;

    /// <summary>The settings for a device that the tiles of <see cref="AttentionTile.For"/> fit: these need less.</summary>
    /// <param name="heads">Heads of the queries.</param>
    /// <param name="keyHeads">Heads of the keys.</param>
    /// <param name="headWidth">Columns of a head's queries and keys.</param>
    /// <param name="valueWidth">Columns of a head's values.</param>
    /// <param name="precision">The element.</param>
    /// <param name="limits">The device.</param>
    public static DecodeTile For(int heads, int keyHeads, int headWidth, int valueWidth, CudaPrecision precision, DeviceLimits limits)
    {
        int group = heads / keyHeads, rows = precision.Bytes == 2 || group > 8 ? 16 : group > 4 ? 8 : 4;
        int smallest = precision.Bytes == 2 ? 16 : 8, keys = CacheLayout.BlockRows;
        while (keys > smallest && Held(stages: 2) < EnoughBlocks) keys /= 2;
        int stages = Held(stages: 3) >= EnoughBlocks ? 3 : 2;
        return new DecodeTile(rows, keys, stages, Math.Clamp(Held(stages), 1, MostBlocks));

        int Held(int stages) => (limits.SharedBytes + ReservedSharedBytes)
            / (new DecodeTile(rows, keys, stages, 1).SharedBytes(headWidth, valueWidth, precision) + ReservedSharedBytes);
    }

    public KernelShape Shape(int headWidth, int valueWidth, CudaPrecision precision) => new(
        "parts", 32, SharedBytes(headWidth, valueWidth, precision),
        ("WARPS", 1), ("WARP_Q", Rows), ("KEY_TILE", KeyTile), ("STAGES", Stages), ("BLOCKS", Blocks), ("WHOLE", 0), ("PARTS", 1));

    /// <summary>The launch of what puts parts together.</summary>
    public static KernelShape MergeShape()
    {
        const int warps = 8;
        return new("", warps * 32, 0, ("WARPS", warps), ("WARP_Q", 1));
    }

    /// <summary>Floats that a part leaves of a head: <c>part_stride</c> of <c>attention_parts.cuh</c>.</summary>
    public static int ResultFloats(int valueWidth) => ((valueWidth + 15) / 16 * 16) + 4;

    /// <summary>As <c>attention_decode.cuh</c> lays it out: queries, then tiles of keys and values.</summary>
    public int SharedBytes(int headWidth, int valueWidth, CudaPrecision precision)
    {
        int keyRow = AttentionTile.RowBytes(headWidth, precision), valueRow = AttentionTile.RowBytes(valueWidth, precision);
        return (Rows * Math.Max(keyRow, valueRow)) + (Stages * KeyTile * (keyRow + valueRow));
    }
}
