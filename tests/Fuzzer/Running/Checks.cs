using KernelForge.Emulation;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Fuzzer.Running;

/// <summary>What a description is run on.</summary>
/// <param name="Widths">Bits of the CPU's vectors.</param>
/// <param name="Threads">The first for everything; the others have to give the same bits.</param>
/// <param name="OnGpu">Whether a GPU runs it.</param>
/// <param name="OnReference">Whether the reference runs it in parts, which takes it a whole run for each.</param>
internal sealed record Checks(int[] Widths, int[] Threads, bool OnGpu = false, bool OnReference = false)
{
    /// <summary>Whether the GPU is one of this machine's, not the emulated one.</summary>
    public bool OnHardware { get; init; }

    /// <summary>Elements in which the GPU runs it once more.</summary>
    public CudaPrecision[] Precisions { get; init; } = [CudaPrecision.Float16, CudaPrecision.BFloat16, CudaPrecision.TensorFloat32];

    /// <summary>In which the CPU runs it once more.</summary>
    public CpuPrecision[] CpuPrecisions { get; init; } = [CpuPrecision.BFloat16, CpuPrecision.Int8];

    /// <summary>The GPU.</summary>
    public Device Gpu(int seed, CudaPrecision precision = CudaPrecision.Float32) =>
        OnHardware ? Device.Cuda(0, precision) : Device.Emulated(seed: seed, precision: precision);

    public static Checks All { get; } = new([512, 256, 128], [2, 1, 3], OnReference: true);

    /// <summary>One width and two numbers of threads, chosen by a seed.</summary>
    public static Checks One(int seed) =>
        new([All.Widths[Math.Abs(seed) % 3]], [1 + (Math.Abs(seed) / 3 % 3), 1 + ((Math.Abs(seed) / 3 + 1) % 3)])
        {
            Precisions = [All.Precisions[Math.Abs(seed) % 3]],
            CpuPrecisions = [All.CpuPrecisions[Math.Abs(seed) / 9 % 2]],
        };
}
