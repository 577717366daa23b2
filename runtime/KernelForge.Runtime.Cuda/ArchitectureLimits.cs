namespace KernelForge.Runtime.Cuda;

/// <summary>What an architecture allows a launch to be, and what its multiprocessors hold: the tables of the CUDA programming guide.</summary>
public sealed record ArchitectureLimits
{
    private static readonly ArchitectureLimits[] Known =
    [
        new() { Architecture = new(8, 0), Card = "A100", Multiprocessors = 108, SharedBytesOfMultiprocessor = 164 * 1024 },
        Consumer(8, 6, "RTX 3090", 82, blocks: 16),
        Consumer(8, 9, "RTX 4090", 128, blocks: 24),
        new() { Architecture = new(9, 0), Card = "H100", Multiprocessors = 132, SharedBytesOfMultiprocessor = 228 * 1024 },
        new() { Architecture = new(10, 0), Card = "B200", Multiprocessors = 148, SharedBytesOfMultiprocessor = 228 * 1024 },
        Consumer(12, 0, "RTX 5090", 170, blocks: 24),
    ];

    private ArchitectureLimits()
    {
    }

    /// <summary>Whose limits these are.</summary>
    public Architecture Architecture { get; private init; }

    /// <summary>A card of the architecture: the one that <see cref="Multiprocessors"/> counts.</summary>
    public string Card { get; private init; } = "";

    /// <summary>What <see cref="Card"/> has; other cards of the architecture have other numbers.</summary>
    public int Multiprocessors { get; private init; }

    /// <summary>Threads that a block can have.</summary>
    public int ThreadsOfBlock { get; } = 1024;

    /// <summary>Bytes of shared memory that a block can have, where its kernel asks for them.</summary>
    public int SharedBytesOfBlock => SharedBytesOfMultiprocessor - ReservedSharedBytes;

    /// <summary>Bytes of shared memory that a block can have without being asked for.</summary>
    public int UsualSharedBytes { get; } = 48 * 1024;

    /// <summary>Bytes of shared memory of each block that the system keeps for itself.</summary>
    public int ReservedSharedBytes { get; } = 1024;

    /// <summary>Bytes of shared memory that all blocks of a multiprocessor have together.</summary>
    public int SharedBytesOfMultiprocessor { get; private init; }

    /// <summary>Threads that a multiprocessor runs at a time.</summary>
    public int ThreadsOfMultiprocessor { get; private init; } = 2048;

    /// <summary>Blocks that a multiprocessor runs at a time.</summary>
    public int BlocksOfMultiprocessor { get; private init; } = 32;

    /// <summary>32-bit registers of a multiprocessor, all of which one block can have.</summary>
    public int Registers { get; } = 64 * 1024;

    /// <summary>Those of every architecture whose limits are known here, the oldest first.</summary>
    public static IReadOnlyList<ArchitectureLimits> All => Known;

    /// <exception cref="NotSupportedException">They are not known.</exception>
    public static ArchitectureLimits Of(Architecture architecture) =>
        Find(architecture) ?? throw new NotSupportedException(
            $"the limits of {architecture} are not known, those of {string.Join(", ", Known.Select(l => l.Architecture))} are");

    /// <summary>Those of an architecture, or null where they are not known.</summary>
    public static ArchitectureLimits? Find(Architecture architecture) => Array.Find(Known, limits => limits.Architecture == architecture);

    /// <summary>Blocks that a multiprocessor holds at a time.</summary>
    /// <param name="threads">Of a block.</param>
    /// <param name="sharedBytes">Of a block, what its text declares and what it is launched with.</param>
    /// <param name="registers">Of a thread; 0 where nobody knows.</param>
    public int BlocksAtATime(int threads, long sharedBytes, int registers)
    {
        const int registerUnit = 256, sharedUnit = 128, partitions = 4;
        int warps = (threads + 31) / 32;
        long most = Math.Min(BlocksOfMultiprocessor, ThreadsOfMultiprocessor / (32 * warps));
        most = Math.Min(most, SharedBytesOfMultiprocessor / RoundUp(sharedBytes + ReservedSharedBytes, sharedUnit));
        if (registers > 0) most = Math.Min(most, Registers / partitions / RoundUp(registers * 32, registerUnit) * partitions / warps);
        return (int)most;
    }

    private static long RoundUp(long value, int unit) => (value + unit - 1) / unit * unit;

    private static ArchitectureLimits Consumer(int major, int minor, string card, int multiprocessors, int blocks) => new()
    {
        Architecture = new(major, minor),
        Card = card,
        Multiprocessors = multiprocessors,
        SharedBytesOfMultiprocessor = 100 * 1024,
        ThreadsOfMultiprocessor = 1536,
        BlocksOfMultiprocessor = blocks,
    };
}
