using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Scheduler;

/// <summary>Names of the members that a layer gets, beside the private ones that begin with <c>kf_</c>.</summary>
public static class GeneratedMembers
{
    public static IReadOnlyList<string> Of(LayerKind kind) =>
        kind == LayerKind.Model ? ["Load", "LoadWeights", "Run", "Device", "Precisions", "Dispose"] : ["LoadWeights", "Run", "Device", "Precisions", "Dispose"];
}
