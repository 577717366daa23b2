using KernelForge.Compiler.Kernels;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>What a body of nodes belongs to.</summary>
internal abstract record BodyScope
{
    /// <summary>A pass of a loop.</summary>
    public sealed record Pass(PlanLoop Loop) : BodyScope;

    /// <summary>An arm of a branch, followed where a condition holds.</summary>
    public sealed record Arm(Scalar Condition) : BodyScope;
}
