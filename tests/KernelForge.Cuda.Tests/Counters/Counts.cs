using KernelForge.Emulation;

namespace KernelForge.Cuda.Tests.Counters;

/// <summary>Bytes of global memory read and written, and multiply-adds.</summary>
internal sealed record Counts(long Read, long Written, long MultiplyAdds)
{
    public static Counts Of(LaunchStatistics statistics) =>
        new(statistics.GlobalBytesRead, statistics.GlobalBytesWritten, statistics.MultiplyAdds);

    public static Counts operator +(Counts a, Counts b) => new(a.Read + b.Read, a.Written + b.Written, a.MultiplyAdds + b.MultiplyAdds);

    public static Counts operator *(int times, Counts a) => new(times * a.Read, times * a.Written, times * a.MultiplyAdds);
}
