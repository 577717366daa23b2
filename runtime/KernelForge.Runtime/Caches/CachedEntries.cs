namespace KernelForge.Runtime.Caches;

/// <summary>A row space of which sequences have earlier rows, and what its blocks hold.</summary>
internal sealed class CachedSpace(int number, bool goesOn)
{
    /// <summary>Its number in the plan.</summary>
    public int Number { get; } = number;

    public bool GoesOn { get; } = goesOn;

    /// <summary>Bytes of a block; 0 where nothing of the space lies in blocks.</summary>
    public long BlockBytes { get; private set; }

    /// <summary>Rows behind the newest that any entry still reads.</summary>
    public int Reach { get; private set; }

    /// <summary>Makes room in the block; returns the place, in bytes.</summary>
    public long Take(long bytes, int reach)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(reach);
        Reach = Math.Max(Reach, reach);
        long place = BlockBytes;
        BlockBytes += bytes;
        return place;
    }
}

/// <summary>Keys and values of one attention in the blocks of a space: the keys of all heads, then the values of all heads.</summary>
/// <param name="Slot">The space among those of the layout.</param>
/// <param name="KeyHeads">Heads of keys and values.</param>
/// <param name="HeadWidth">Columns of a key's head.</param>
/// <param name="ValueWidth">Columns of a value's head.</param>
/// <param name="PaddedValueWidth">The same, filled up to whole vectors of every width.</param>
/// <param name="Place">Where they lie in a block.</param>
internal sealed record CachedAttention(int Slot, int KeyHeads, int HeadWidth, int ValueWidth, int PaddedValueWidth, nint Place);

/// <summary>Rows that later rows read.</summary>
/// <param name="Slot">The space among those of the layout.</param>
/// <param name="Columns">Columns of a row.</param>
/// <param name="Stride">Floats from one row to the next.</param>
/// <param name="IsFew">Whether they lie in the sequence's own memory, not in blocks.</param>
/// <param name="Reach">How many of the last rows are kept.</param>
/// <param name="Place">Where they lie there.</param>
internal sealed record CachedRows(int Slot, int Columns, int Stride, bool IsFew, int Reach, long Place);

/// <summary>The states of one scan in the sequence's own memory.</summary>
/// <param name="Parts">Items that a sequence makes.</param>
/// <param name="PartFloats">Floats of each.</param>
/// <param name="Place">Where the first lies.</param>
internal sealed record CachedScan(int Parts, long PartFloats, long Place);
