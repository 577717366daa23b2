using KernelForge.Cli.Assemblies;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Programs;
using KernelForge.Runtime.Execution;

namespace KernelForge.Cli.Compilation;

/// <summary>Which kernels a model runs on an architecture: known from its configuration alone.</summary>
internal static class PlannedKernels
{
    /// <summary>Every kernel in every variant that a batch may need.</summary>
    /// <exception cref="InputException">The model has no code for CUDA devices; or its sizes break a rule, or fit no such device.</exception>
    public static IReadOnlyList<KernelBuild> Of(ConfiguredModel model, Architecture architecture, CudaPrecision? precision)
    {
        try
        {
            using ModelSession session = model.Layer.Plan(CudaDevice.Planning(architecture, precision));
            return ((CudaProgram)session.Program!).Kernels;
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException)
        {
            throw new InputException($"{model}: {e.Message}");
        }
    }
}
