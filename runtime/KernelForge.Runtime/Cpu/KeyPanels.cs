using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cpu;

/// <summary>Where the keys and values of one sequence and key head lie. Keys in panels of two vectors of them, [head width][panel].</summary>
internal unsafe interface IKeyPanels
{
    /// <summary>The panel that begins with a key.</summary>
    float* Keys(int key);

    /// <summary>
    /// Values from a key and a column on, as many columns as a panel has at most: where they lie, the floats from one row to the next, and how many rows
    /// follow each other there.
    /// </summary>
    float* Values(int key, int column, out nint stride, ref int rows);

    /// <summary>The keys of a panel, or all values from a key on that lie together, are read soon.</summary>
    void Prefetch(int key, bool values);
}

/// <summary>Keys that were turned for this item, values where the batch has them.</summary>
internal readonly unsafe struct TurnedKeys<TVector>(float* keys, int headWidth, Rows<TVector> value, int firstRow, int firstColumn) : IKeyPanels
    where TVector : unmanaged, IVector<TVector>
{
    public float* Keys(int key) => keys + ((nint)key * headWidth);

    public float* Values(int key, int column, out nint stride, ref int rows)
    {
        stride = value.Stride;
        return value.Address(firstRow + key, firstColumn + column);
    }

    public void Prefetch(int key, bool values) { }
}

/// <summary>Keys and values in a sequence's blocks: for each key head its keys in panels, then its values, panel of columns by panel of columns.</summary>
/// <param name="blocks">Where all blocks of the batch lie.</param>
/// <param name="first">The sequence's first among them.</param>
/// <param name="place">Of the key head in a block.</param>
/// <param name="headWidth">Columns of a key.</param>
/// <param name="valueWidth">Columns of a value.</param>
internal readonly unsafe struct KeptKeys<TVector>(nint[] blocks, int first, long place, int headWidth, int valueWidth) : IKeyPanels
    where TVector : unmanaged, IVector<TVector>
{
    private const int Rows = CacheLayout.BlockRows, Line = 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Keys(int key) => Block(key) + (key % Rows * headWidth);

    public float* Values(int key, int column, out nint stride, ref int rows)
    {
        // Whole vectors of every width: the last panel may be half as wide as the others.
        stride = Math.Min(2 * TVector.Count, Padded - column);
        rows = Math.Min(rows, Rows - (key % Rows));
        return Block(key) + (Rows * headWidth) + (Rows * column) + (key % Rows * stride);
    }

    public void Prefetch(int key, bool values)
    {
        if (!Sse.IsSupported) return;
        float* from = values ? Block(key) + (Rows * headWidth) : Keys(key);
        float* end = from + (values ? Rows * Padded : 2 * TVector.Count * headWidth);
        for (; from < end; from += Line) Sse.Prefetch0(from);
    }

    private int Padded => (valueWidth + Line - 1) / Line * Line;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* Block(int key) => (float*)blocks[first + (key / Rows)] + place;
}
