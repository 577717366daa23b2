namespace KernelForge.Cuda.Tests.Attention;

/// <summary>How a block of attention is cut: its warps and their queries, the keys at a time, the tiles on their way.</summary>
/// <param name="Whole">All keys of an item are one tile.</param>
/// <param name="Blocks">Blocks that a multiprocessor is to hold: the registers have to suffice for them.</param>
internal sealed record AttentionTile(int Warps, int WarpQueries, int Keys, int Stages, bool Whole = false, int Blocks = 1)
{
    public int Queries => Warps * WarpQueries;

    public int Threads => Warps * 32;

    public IEnumerable<string> Definitions =>
    [
        $"WARPS={Warps}", $"WARP_Q={WarpQueries}", $"KEY_TILE={Keys}", $"STAGES={Stages}", $"WHOLE={(Whole ? 1 : 0)}",
        $"BLOCKS={Blocks}",
    ];

    /// <summary>As attention.cuh says it.</summary>
    public int SharedBytes(ElementType element, AttentionSizes sizes)
    {
        int head = Row(sizes.HeadWidth), value = Row(sizes.ValueWidth);
        return (Queries * Math.Max(head, value)) + ((Whole ? 1 : Stages) * Keys * (head + value));

        int Row(int width) => ((width * element.Bytes) + 31) / 32 * 32;
    }

    /// <summary>The three families of one key tile.</summary>
    public static AttentionTile WholeOf(ElementType element) => Stream(element) with { Whole = true };

    public static AttentionTile Stream(ElementType element) => new(4, 16, element.Bytes == 2 ? 64 : 32, 3);

    public static AttentionTile Wide(ElementType element) => Stream(element) with { WarpQueries = 32, Stages = 2 };

    /// <summary>For heads of more than 128 columns: in 99 KiB of shared memory.</summary>
    public static AttentionTile Large(ElementType element) => element.Bytes == 2 ? new(4, 16, 32, 2) : new(8, 8, 16, 2);
}

internal sealed record AttentionSizes(int Heads, int KeyHeads, int HeadWidth, int ValueWidth)
{
    public float Scale { get; init; } = 1 / MathF.Sqrt(HeadWidth);
}
