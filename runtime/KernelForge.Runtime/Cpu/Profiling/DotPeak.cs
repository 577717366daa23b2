using KernelForge.Runtime.Cpu.Dots;

namespace KernelForge.Runtime.Cpu.Profiling;

/// <summary>What the tiles of a precision reach on cached data: the 100 % of a product in that precision.</summary>
public static class DotPeak
{
    /// <summary>Multiplications and additions a nanosecond, of as many threads as the device has, taking one for the others.</summary>
    /// <exception cref="ArgumentException">The device multiplies floats: see <see cref="MultiplyAddPeak"/>.</exception>
    public static double Measure(CpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.Precision == CpuPrecision.Float32) throw new ArgumentException($"'{device}' multiplies floats, not cells", nameof(device));
        double one = VectorWidth.Resolve(device.VectorBits) switch
        {
            512 => DotProbe.Measure<Float512>(DotTiles.For<Float512>(device.Precision)),
            256 => DotProbe.Measure<Float256>(DotTiles.For<Float256>(device.Precision)),
            _ => DotProbe.Measure<Float128>(DotTiles.For<Float128>(device.Precision)),
        };
        return one * WorkerPool.Shared(device.Threads).Threads;
    }
}
