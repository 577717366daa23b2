using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels.Lowering;

/// <summary>A step before memory is planned: views name values, and what passes around a loop or out of a branch is still told.</summary>
internal abstract record LoweredStep
{
    /// <param name="CopyOf">Where the kernel only copies one value to another: the values, else null.</param>
    public sealed record Run(Kernel Kernel, (int From, int To)? CopyOf = null) : LoweredStep;

    /// <summary>What the host computes of row spaces: a <see cref="Step.Lengths"/> or <see cref="Step.Integers"/>.</summary>
    public sealed record Host(Step Step) : LoweredStep;

    public sealed record Loop(Node.Loop Node, EquatableArray<LoweredStep> Body) : LoweredStep;

    public sealed record Branch(Node.Branch Node, EquatableArray<LoweredStep> Then, EquatableArray<LoweredStep> Else) : LoweredStep;
}
