using KernelForge.Emulation.Driver;
using KernelForge.Emulation.Findings;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Tests;
using KernelForge.TestData;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>A case run on an emulated GPU, with a fault in a kernel or without: what was found, and how far its results are.</summary>
internal sealed record MutationRun(IReadOnlyList<Finding> Findings, double Difference)
{
    /// <summary>Draws the order of warps. No fault needs luck with it: a race is two accesses that nothing orders, as they may fall.</summary>
    private const int Seed = 1;

    public static MutationRun Of(Case one, Mutation? mutation)
    {
        var compiler = new MutatingCompiler(mutation, NativeCode.Compiler);
        using var folder = new TemporaryFolder();
        var driver = new EmulatedDriver(seed: Seed);
        CudaDevice device = CudaDevice.On(driver, precision: one.Precision) with { Cache = new CubinCache(folder.Path, () => compiler) };
        double difference = double.NaN;
        try
        {
            difference = one.DifferenceOn(device);
        }
        catch (CudaException) when (driver.Findings.Count > 0)
        {
            // The findings say why.
        }
        Assert.True(mutation is null || compiler.Mutated > 0, $"no kernel '{mutation?.Kernel}' was compiled");
        return new MutationRun(driver.Findings, difference);
    }

    /// <summary>Whether the fault showed as it should: by a finding of that kind, or by nothing but wrong results.</summary>
    public bool Shows(FindingKind? kind, double tolerance) =>
        kind is { } expected ? Findings.Any(f => f.Kind == expected) : Findings.Count == 0 && Difference > tolerance;

    public override string ToString() =>
        Findings.Count == 0 ? $"the results differ by {Difference:g3}" : string.Join('\n', Findings.Take(5));
}
