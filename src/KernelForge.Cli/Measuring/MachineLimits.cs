using KernelForge.Runtime;
using KernelForge.Runtime.Cpu.Profiling;

namespace KernelForge.Cli.Measuring;

/// <summary>What this machine reaches in this minute, on the threads of a device.</summary>
/// <param name="Gflops">GFLOP/s of the device's precision in registers.</param>
/// <param name="GigabytesPerSecond">GB/s of memory that no cache holds.</param>
internal sealed record MachineLimits(double Gflops, double GigabytesPerSecond)
{
    public static MachineLimits Measure(CpuDevice device)
    {
        using var memory = new MemoryBandwidth(device.Threads);
        return new MachineLimits(device.Precision == CpuPrecision.Float32 ? MultiplyAddPeak.Measure(device.Threads) : DotPeak.Measure(device), memory.Measure());
    }
}
