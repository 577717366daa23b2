using KernelForge.Models.Tests;
using KernelForge.Runtime.Cuda;
using KernelForge.TestData;

namespace KernelForge.Cuda.Tests.Cubins;

/// <summary>Every kernel of every description becomes machine code of real GPUs: without a warning, a spill or local memory.</summary>
public sealed class CubinTests
{
    private static readonly string[] architectures = ["sm_80", "sm_90"];
    private static readonly CudaPrecision[] precisions = [CudaPrecision.Float16, CudaPrecision.Float32];

    private static readonly (string Name, string Architecture, CudaPrecision Precision)[] all =
    [
        .. from name in (string[])[.. Encoders.Families, .. PlannedKernels.Layers, .. PlannedKernels.Choices]
           from architecture in architectures
           from precision in precisions
           select (name, architecture, precision),
        .. from name in Encoders.MoreFamilies
           from architecture in architectures
           from precision in precisions
           select (name, architecture, precision),
        ("bert", "sm_80", CudaPrecision.BFloat16), ("bert", "sm_90", CudaPrecision.BFloat16),
        ("bert", "sm_80", CudaPrecision.TensorFloat32), ("bert", "sm_90", CudaPrecision.TensorFloat32),
    ];

    public static TheoryData<string, string, CudaPrecision> Always { get; } = [.. all.Where(IsAlways)];

    public static TheoryData<string, string, CudaPrecision> Long { get; } = [.. all.Where(one => !IsAlways(one))];

    [Theory, MemberData(nameof(Always))]
    public void Every_kernel_compiles_without_a_warning_a_spill_or_local_memory(string name, string architecture, CudaPrecision precision)
    {
        var device = Architecture.Parse(architecture);
        IReadOnlyList<Cubin> cubins = Cubin.All(PlannedKernels.Of(name, device, precision), device);
        Assert.NotEmpty(cubins);
        Assert.Empty(cubins.Where(cubin => !IsExcused(cubin)).Select(Complaint).OfType<string>());
    }

    [Theory, MemberData(nameof(Long))]
    public void In_every_precision_and_choice_too(string name, string architecture, CudaPrecision precision)
    {
        LongRun.Require();
        Every_kernel_compiles_without_a_warning_a_spill_or_local_memory(name, architecture, precision);
    }

    /// <summary>
    /// Each family and layer once for each architecture in one precision; BERT in all of them. What further families have of kernels beside those is in
    /// <see cref="CubinReportTests"/>.
    /// </summary>
    private static bool IsAlways((string Name, string Architecture, CudaPrecision Precision) one) =>
        !PlannedKernels.Choices.Contains(one.Name) && !Encoders.MoreFamilies.Contains(one.Name)
        && (one.Name == "bert" || one.Precision == CudaPrecision.Float32 == (one.Architecture == "sm_90" != PlannedKernels.Layers.Contains(one.Name)));

    private static bool IsExcused(Cubin cubin) => cubin is { Resources.SpillBytes: 0, HasSines: true };

    private static string? Complaint(Cubin cubin) =>
        cubin is { Warnings: "", Resources: { SpillBytes: 0, LocalBytes: 0 } }
            ? null
            : $"{cubin.Build}: {cubin.Resources.SpillBytes} bytes spilled, {cubin.Resources.LocalBytes} bytes local\n{cubin.Warnings}";
}
