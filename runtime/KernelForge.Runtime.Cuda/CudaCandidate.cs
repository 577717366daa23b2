using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda;

/// <summary>Whether <see cref="Device.Auto"/> can take a GPU of this machine.</summary>
internal static class CudaCandidate
{
    /// <summary>What every kernel is written for: <c>cp.async</c>, and products of bfloat16 and tf32.</summary>
    private static readonly Architecture Oldest = new(8, 0);

    private static readonly Lazy<AutoCandidate> OfMachine = new(() => Of(CudaDevices.Find(), HasKernels(CubinCache.Open())));

    /// <summary>Of this machine, found out once.</summary>
    public static AutoCandidate Find() => OfMachine.Value;

    /// <summary>The first GPU that runs what is generated, or what is missing.</summary>
    /// <param name="found">What the machine has.</param>
    /// <param name="hasKernels">Whether kernels came with the program, so that no compiler is needed.</param>
    public static AutoCandidate Of(CudaDevices found, bool hasKernels)
    {
        if (!found.DriverIsUsable) return AutoCandidate.Missing(found.Driver);
        if (!found.Any) return AutoCandidate.Missing($"the driver ({found.Driver}) has no device");
        if (found.Devices.FirstOrDefault(d => d.Architecture >= Oldest) is not { } usable)
            return AutoCandidate.Missing($"generated kernels need {Oldest} or newer; this machine has {string.Join("; ", found.Devices)}");
        if (!found.CompilerIsUsable && !hasKernels)
            return AutoCandidate.Missing($"{usable} is there, but nothing that compiles kernels for it: {found.Compiler}");
        return AutoCandidate.Usable(CudaDevice.Number(usable.Ordinal), usable.ToString());
    }

    /// <summary>Whether the program was made to run without a compiler: it forbids compiling, or kernels lie beside it.</summary>
    internal static bool HasKernels(CubinCache cache) => !cache.MayCompile || cache.Shipped.Any(Directory.Exists);
}
