using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Incremental;
using KernelForge.Compiler.Kernels;

namespace KernelForge.Compiler.BackEnds;

/// <summary>How many rows behind the newest are still read, as programs tell it to the cache.</summary>
internal static class KeptReach
{
    /// <summary>Of what is given once all is seen again and again; of what goes on, what the mask leaves.</summary>
    public static Size? Of(AttentionKernel kernel) => kernel.KeyRows == kernel.Rows ? MaskReach.Of(kernel.Mask) : null;

    /// <summary>The C# of a reach; null is all there are.</summary>
    public static string Text(ProgramNames names, Size? reach) =>
        reach is null ? "int.MaxValue" : reach.Constant is { } ? names.Size(reach) : $"Math.Max(0, {names.Size(reach)})";
}
