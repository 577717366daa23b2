namespace KernelForge.Runtime.Caches;

/// <summary>One running sequence: how many rows it has in each row space, and where what they left lies.</summary>
internal sealed class CachedSequence(int spaces)
{
    /// <summary>Rows so far, [spaces of the layout].</summary>
    public int[] Lengths { get; } = new int[spaces];

    /// <summary>[spaces of the layout]; null where a space has no blocks.</summary>
    public BlockTable?[] Tables { get; } = new BlockTable?[spaces];

    /// <summary>The memory of its own: a number of the pool of those; <see cref="BlockTable.None"/> where it has none.</summary>
    public int States { get; set; } = BlockTable.None;

    /// <summary>Which of the two copies holds what the last run left.</summary>
    public int Copy { get; set; }

    /// <summary>Whether a run has begun and ended on it.</summary>
    public bool HasRun { get; set; }

    /// <summary>Whether the next run brings its last rows, or has brought them.</summary>
    public bool IsFinished { get; set; }

    /// <summary>Whether its last rows were run.</summary>
    public bool HasEnded { get; set; }

    /// <summary>The last run that took it: one that takes it twice is refused.</summary>
    public long Run { get; set; }

    /// <summary>Earlier rows of each input, for the reference.</summary>
    public List<History?> Histories { get; init; } = [];
}
