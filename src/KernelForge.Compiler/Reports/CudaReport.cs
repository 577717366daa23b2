using KernelForge.Compiler.BackEnds.Cuda;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Reports;

/// <summary>A kernel as CUDA C, as it stands in a layer's program.</summary>
/// <param name="Name">The kernel's name.</param>
/// <param name="DeviceFiles">Files of the device library that stand in front, in order.</param>
/// <param name="Text">The kernel, without them.</param>
/// <param name="Expression">What it computes, in the user's terms.</param>
/// <param name="Launch">The C# that gives it its constants and arguments, and launches it.</param>
public sealed record CudaKernelText(string Name, EquatableArray<string> DeviceFiles, string Text, string Expression, string Launch);

/// <summary>The kernels of a plan as CUDA C.</summary>
public static class CudaReport
{
    /// <summary>Every kernel once, in the order in which the schedule first runs them.</summary>
    public static IReadOnlyList<CudaKernelText> Kernels(KernelPlan plan) => [.. CudaBackEnd.Kernels(plan).Select(k =>
        new CudaKernelText(k.Name, k.DeviceFiles.Select(f => f + ".cuh").ToEquatableArray(), k.Text, k.Expression, k.Launch))];
}
