using KernelForge.Runtime;

namespace KernelForge.Benchmarks.Model;

/// <summary>Numbers in which a contender multiplies rows with weights, as the command line names them.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The precision of a device that does so.</param>
/// <param name="Agreement">How far mean magnitudes of results may lie apart from those of other contenders.</param>
internal sealed record ComparedPrecision(string Name, CpuPrecision Value, double Agreement)
{
    public static ComparedPrecision Float32 { get; } = new("fp32", CpuPrecision.Float32, 1e-4);

    public static ComparedPrecision BFloat16 { get; } = new("bf16", CpuPrecision.BFloat16, 1e-3);

    public static ComparedPrecision Int8 { get; } = new("int8", CpuPrecision.Int8, 1e-2);

    public static IReadOnlyList<ComparedPrecision> All { get; } = [Float32, BFloat16, Int8];

    public static ComparedPrecision Named(string name) => All.Single(p => p.Name == name);
}
