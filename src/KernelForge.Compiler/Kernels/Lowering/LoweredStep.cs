using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels.Lowering;

/// <summary>A step before memory is planned: views name values, and what passes around a loop or out of a branch is still told.</summary>
internal abstract record LoweredStep
{
    /// <param name="CopyOf">Where the kernel only copies one value to another: the values, else null.</param>
    public sealed record Run(Kernel Kernel, (int From, int To)? CopyOf = null) : LoweredStep;

    public sealed record Loop(string Index, Scalar Start, Scalar End, EquatableArray<CarriedValue> Carried, EquatableArray<LoweredStep> Body) : LoweredStep;

    public sealed record Branch(
        Scalar Condition, EquatableArray<LoweredStep> Then, EquatableArray<LoweredStep> Else, EquatableArray<MergedValue> Merged) : LoweredStep;
}
