namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Settings of the device library's attention for one family and one width of heads.</summary>
/// <param name="Family">What it is for.</param>
/// <param name="Warps">Warps of a block.</param>
/// <param name="WarpQueries">Queries of a warp.</param>
/// <param name="KeyTile">Keys in shared memory at a time: the same in every family, since it decides the order of the sums.</param>
/// <param name="Stages">Tiles of keys in shared memory; one serves where all keys are in one.</param>
/// <param name="Blocks">Blocks that a multiprocessor is meant to run at a time.</param>
internal sealed record AttentionTile(AttentionFamily Family, int Warps, int WarpQueries, int KeyTile, int Stages, int Blocks)
{
    /// <summary>The widest head of the device library: what a warp keeps of its queries and results in registers.</summary>
    private const int MostColumns = 256;

    private bool IsWhole => Family == AttentionFamily.Whole;

    public string Name => Family switch
    {
        AttentionFamily.Whole => "whole",
        AttentionFamily.Wide => "wide",
        _ => "stream",
    };

    /// <summary>
    /// The families that a device can run: always <see cref="AttentionFamily.Stream"/>, with fewer keys at a time where heads are wide. Blocks a
    /// multiprocessor bound the registers of a thread; heads of up to 64 columns leave room for more.
    /// </summary>
    /// <param name="kernel">For the error.</param>
    /// <param name="headWidth">Columns of a head's queries and keys.</param>
    /// <param name="valueWidth">Columns of a head's values.</param>
    /// <param name="precision">The element.</param>
    /// <param name="limits">The device.</param>
    /// <exception cref="NotSupportedException">Heads are too wide, or a block of the device has too little shared memory for any.</exception>
    public static AttentionTile[] For(string kernel, int headWidth, int valueWidth, CudaPrecision precision, DeviceLimits limits)
    {
        if (Math.Max(headWidth, valueWidth) > MostColumns)
        {
            throw new NotSupportedException(
                $"attention '{kernel}' has heads of {headWidth} columns and values of {valueWidth}; CUDA takes {MostColumns}. " +
                "Let the layer have more heads, or run it on Device.Cpu()");
        }
        bool isNarrow = Math.Max(headWidth, valueWidth) <= 64, onTensorCores = precision.Bytes == 2;
        int smallest = onTensorCores ? 16 : 8, keys = onTensorCores ? AttentionFamilies.WholeLimit : 32;
        while (keys > smallest && !Fits(Stream(keys, stages: 2))) keys /= 2;
        if (!Fits(Stream(keys, stages: 2)))
        {
            throw new NotSupportedException(
                $"attention '{kernel}' with heads of {headWidth} columns in {precision} needs " +
                $"{Stream(keys, stages: 2).SharedBytes(headWidth, valueWidth, precision)} bytes of shared memory a block; " +
                $"{limits.Architecture} has {limits.SharedBytes}");
        }
        List<AttentionTile> tiles = [isNarrow && Fits(Stream(keys, stages: 3)) ? Stream(keys, stages: 3) : Stream(keys, stages: 2)];
        var whole = new AttentionTile(AttentionFamily.Whole, 4, 16, AttentionFamilies.WholeLimit, 2, onTensorCores && isNarrow ? 4 : 1);
        if (keys == AttentionFamilies.WholeLimit && Fits(whole)) tiles.Add(whole);
        var wide = new AttentionTile(AttentionFamily.Wide, 4, 32, keys, 3, 2);
        if (onTensorCores && isNarrow && Fits(wide)) tiles.Add(wide);
        return [.. tiles];

        // Multiply-adds of heads of more than 128 columns take more warps of fewer queries, for their registers.
        AttentionTile Stream(int keyTile, int stages) => !onTensorCores && Math.Max(headWidth, valueWidth) > 128
            ? new(AttentionFamily.Stream, 8, 8, keyTile, stages, 1)
            : new(AttentionFamily.Stream, 4, 16, keyTile, stages, onTensorCores && isNarrow ? 3 : 1);

        bool Fits(AttentionTile tile) => tile.SharedBytes(headWidth, valueWidth, precision) <= limits.SharedBytes;
    }

    /// <summary>The one for a family; streaming serves where every sequence is short as well.</summary>
    public static AttentionTile Choose(ReadOnlySpan<AttentionTile> tiles, AttentionFamily family)
    {
        foreach (AttentionTile tile in tiles)
            if (tile.Family == family) return tile;
        return tiles[0];
    }

    public KernelShape Shape(int headWidth, int valueWidth, CudaPrecision precision) => new(
        Name, Warps * 32, SharedBytes(headWidth, valueWidth, precision),
        ("WARPS", Warps), ("WARP_Q", WarpQueries), ("KEY_TILE", KeyTile), ("STAGES", Stages), ("BLOCKS", Blocks),
        ("WHOLE", IsWhole ? 1 : 0));

    /// <summary>As <c>attention.cuh</c> lays it out: queries or results, then tiles of keys and values.</summary>
    private int SharedBytes(int headWidth, int valueWidth, CudaPrecision precision)
    {
        int queries = Warps * WarpQueries, keyRow = RowBytes(headWidth, precision), valueRow = RowBytes(valueWidth, precision);
        return (queries * Math.Max(keyRow, valueRow)) + ((IsWhole ? 1 : Stages) * KeyTile * (keyRow + valueRow));
    }

    /// <summary>A row of so many columns in shared memory: whole steps of a product.</summary>
    public static int RowBytes(int width, CudaPrecision precision) => ((width * precision.Bytes) + 31) / 32 * 32;
}
