using KernelForge.Runtime.Cuda;

namespace KernelForge.Emulation.Driver;

/// <summary>
/// How many blocks of a kernel a multiprocessor holds, by threads, blocks and shared memory. Registers are left out: what a kernel takes of
/// them is decided by an assembler, and PTX has as many as it likes. Hardware may hold fewer.
/// </summary>
internal static class Occupancy
{
    public static int Blocks(ArchitectureLimits limits, LoadedFunction function, int threads, long dynamicSharedBytes)
    {
        int most = function.Function.MaximumThreads(limits);
        long shared = function.Function.StaticSharedBytes + dynamicSharedBytes;
        if (threads < 1 || threads > most || dynamicSharedBytes > function.MaxDynamicSharedBytes || shared > limits.SharedBytesOfBlock) return 0;
        return limits.BlocksAtATime(threads, shared, registers: 0);
    }
}
