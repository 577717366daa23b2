using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels;

/// <summary>What the host does next.</summary>
public abstract record Step
{
    public sealed record Run(Kernel Kernel) : Step;

    /// <summary>Runs the body for <paramref name="Index"/> from <paramref name="Start"/> to below <paramref name="End"/>.</summary>
    public sealed record Loop(string Index, Scalar Start, Scalar End, EquatableArray<Step> Body) : Step;

    public sealed record Branch(Scalar Condition, EquatableArray<Step> Then, EquatableArray<Step> Else) : Step;

    internal static IEnumerable<Kernel> Kernels(IEnumerable<Step> steps) => steps.SelectMany(s => s switch
    {
        Run r => [r.Kernel],
        Loop l => Kernels(l.Body),
        Branch b => Kernels(b.Then).Concat(Kernels(b.Else)),
        _ => [],
    });

    /// <summary>Every loop, outer ones before those inside them.</summary>
    internal static IEnumerable<Loop> Loops(IEnumerable<Step> steps) => steps.SelectMany(s => s switch
    {
        Loop l => Loops(l.Body).Prepend(l),
        Branch b => Loops(b.Then).Concat(Loops(b.Else)),
        _ => (IEnumerable<Loop>)[],
    });
}
