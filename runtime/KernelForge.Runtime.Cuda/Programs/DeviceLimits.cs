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
    /// Of a device that is not here: shared memory as the programming guide's table of compute capabilities has it; the number of
    /// multiprocessors decides only which of the variants run.
    /// </summary>
    public static DeviceLimits Of(Architecture architecture) => new(architecture, architecture.Number switch
    {
        80 or 87 => 163 * 1024,
        >= 90 and < 120 => 227 * 1024,
        _ => 99 * 1024,
    }, 1);
}
