namespace KernelForge.Emulation.Memory;

/// <summary>
/// Who touched a place and when, in 64 bits: the block, the thread in it, and the block's own time, which moves on at each synchronisation.
/// 0 is nobody.
/// </summary>
internal static class Epoch
{
    public const int MaximumBlocks = 1 << 20;
    public const int MaximumTime = (1 << 30) - 1;

    /// <summary>The access was an atomic or otherwise strong operation: it never races with another such.</summary>
    public const ulong Strong = 1ul << 63;

    /// <summary>The write belongs to an asynchronous copy that nobody has waited for yet.</summary>
    public const ulong Pending = 1ul << 61;

    /// <summary>The write was made by an asynchronous copy.</summary>
    public const ulong Async = 1ul << 60;

    private const ulong Used = 1ul << 62;

    public static ulong Of(int block, int thread, int time) => Used | ((ulong)block << 40) | ((ulong)thread << 30) | (uint)time;

    public static int Block(ulong epoch) => (int)(epoch >> 40) & (MaximumBlocks - 1);

    public static int Thread(ulong epoch) => (int)(epoch >> 30) & 1023;

    public static int Time(ulong epoch) => (int)epoch & MaximumTime;

    public static bool SameThread(ulong one, ulong other) => ((one ^ other) << 4) >> 34 == 0;

    public static bool SameTime(ulong one, ulong other) => (one ^ other) << 4 == 0;

    public static bool BothStrong(ulong one, ulong other) => (one & other & Strong) != 0;
}
