using KernelForge.Runtime.Cuda.Execution;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>What the choice of tiles depends on.</summary>
/// <param name="Architecture">Its compute capability.</param>
/// <param name="SharedBytes">Shared memory that one block can have.</param>
/// <param name="Multiprocessors">How many it has.</param>
internal sealed record DeviceLimits(Architecture Architecture, int SharedBytes, int Multiprocessors)
{
    public static DeviceLimits Of(CudaContext context) =>
        new(context.Architecture, context.SharedBytesOfBlock, context.MultiprocessorCount);

    /// <summary>
    /// Of a device that is not here; the number of multiprocessors decides only which of the variants run. Architectures that
    /// <see cref="ArchitectureLimits"/> does not list have the shared memory of one that it does.
    /// </summary>
    public static DeviceLimits Of(Architecture architecture)
    {
        ArchitectureLimits limits = ArchitectureLimits.Find(architecture) ?? ArchitectureLimits.Of(architecture.Number switch
        {
            87 => new Architecture(8, 0),
            >= 90 and < 120 => new Architecture(9, 0),
            _ => new Architecture(8, 6),
        });
        return new DeviceLimits(architecture, limits.SharedBytesOfBlock, 1);
    }
}
