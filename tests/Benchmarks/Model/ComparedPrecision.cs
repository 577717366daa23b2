using KernelForge.Runtime;

namespace KernelForge.Benchmarks.Model;

/// <summary>A precision as the command line names it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The precision.</param>
/// <param name="PeerVariant">Which of the peer's models is its like.</param>
/// <param name="Agreement">How far mean magnitudes of results may lie apart from those of other contenders.</param>
internal sealed record ComparedPrecision(string Name, CpuPrecision Value, string PeerVariant, double Agreement)
{
    public static ComparedPrecision Float32 { get; } = new("fp32", CpuPrecision.Float32, "contrib", 1e-4);

    public static IReadOnlyList<ComparedPrecision> All { get; } =
    [
        Float32,
        new("bf16", CpuPrecision.BFloat16, "contrib", 1e-3),
        new("int8", CpuPrecision.Int8, "int8", 1e-2),
    ];

    public static ComparedPrecision Named(string name) => All.Single(p => p.Name == name);
}
