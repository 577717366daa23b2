namespace KernelForge.Runtime.Cpu;

/// <summary>
/// What a tile asks the second-level cache for while it computes, two lines in each step of k: of weights that come from memory, what the
/// next tiles read.
/// </summary>
/// <param name="from">Where that begins; null for nothing.</param>
/// <param name="step">Bytes from one step's lines to the next's.</param>
internal readonly unsafe struct Ahead(byte* from, nint step)
{
    /// <summary>A line of the cache.</summary>
    public const int Line = 64;

    public byte* From => from;

    public nint Step => step;

    /// <summary>What follows a stretch of a panel, shared out among the tiles that read the stretch, so that memory is never idle.</summary>
    /// <param name="stretch">The stretch.</param>
    /// <param name="bytes">How long it is, and what follows: two lines a step.</param>
    /// <param name="tile">Which tile reads it.</param>
    /// <param name="tiles">How many do.</param>
    public static Ahead Of(void* stretch, nint bytes, int tile, int tiles)
    {
        byte* next = (byte*)stretch + bytes;
        if (tiles == 1) return new(next, 2 * Line);
        return tile < 2 ? new(next + (tile * (bytes / 2)), Line) : new((byte*)stretch, 0);
    }
}
