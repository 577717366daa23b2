using KernelForge.Runtime.Caches;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cpu;

/// <summary>Where the keys and values of a sequence lie. Keys in panels of two vectors of them, [head width][panel].</summary>
internal unsafe interface IKeyPanels
{
    /// <summary>The panel of a key head that begins with a key.</summary>
    float* Keys(int key, int keyHead);

    /// <summary>
    /// Values of a key head from a key and a column on, as many columns as a panel has at most: where they lie, the floats from one row to
    /// the next, and how many rows follow each other there.
    /// </summary>
    float* Values(int key, int keyHead, int column, out nint stride, ref int rows);
}

/// <summary>Keys of one head that were turned for this item, values where the batch has them.</summary>
internal readonly unsafe struct TurnedKeys<TVector>(
    float* keys, int headWidth, Rows<TVector> value, int valueWidth, int firstRow) : IKeyPanels
    where TVector : unmanaged, IVector<TVector>
{
    public float* Keys(int key, int keyHead) => keys + ((nint)key * headWidth);

    public float* Values(int key, int keyHead, int column, out nint stride, ref int rows)
    {
        stride = value.Stride;
        return value.Address(firstRow + key, (keyHead * valueWidth) + column);
    }
}

/// <summary>
/// Keys and values in a sequence's blocks: the keys of all heads in panels, then the values of all heads, panel of columns by panel of
/// columns.
/// </summary>
/// <param name="blocks">Where all blocks of the batch lie.</param>
/// <param name="first">The sequence's first among them.</param>
/// <param name="entry">Where keys and values lie in a block.</param>
internal readonly unsafe struct KeptKeys<TVector>(nint[] blocks, int first, CachedAttention entry) : IKeyPanels
    where TVector : unmanaged, IVector<TVector>
{
    private const int Rows = CacheLayout.BlockRows;

    public float* Keys(int key, int keyHead) => Block(key) + (((keyHead * Rows) + (key % Rows)) * (nint)entry.HeadWidth);

    public float* Values(int key, int keyHead, int column, out nint stride, ref int rows)
    {
        int width = entry.PaddedValueWidth;
        // Whole vectors of every width: the last panel may be half as wide as the others.
        stride = Math.Min(2 * TVector.Count, width - column);
        rows = Math.Min(rows, Rows - (key % Rows));
        nint keys = entry.KeyHeads * Rows * (nint)entry.HeadWidth;
        return Block(key) + keys + (Rows * (((nint)keyHead * width) + column)) + (key % Rows * stride);
    }

    private float* Block(int key) => (float*)blocks[first + (key / Rows)] + entry.Place;
}
