using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Build;
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

    /// <summary>Every kernel, with the conditions of the branches around it.</summary>
    internal static IEnumerable<(Kernel Kernel, Scalar Condition)> Conditional(IEnumerable<Step> steps, Scalar? condition = null)
    {
        Scalar outer = condition ?? new Scalar.Truth(true);
        return steps.SelectMany(s => s switch
        {
            Run r => [(r.Kernel, outer)],
            Loop l => Conditional(l.Body, outer),
            Branch b => Conditional(b.Then, Scalars.Binary(BinaryOp.And, outer, b.Condition))
                .Concat(Conditional(b.Else, Scalars.Binary(BinaryOp.And, outer, Scalars.Unary(UnaryOp.Not, b.Condition)))),
            _ => [],
        });
    }

    /// <summary>Every loop, outer ones before those inside them.</summary>
    internal static IEnumerable<Loop> Loops(IEnumerable<Step> steps) => steps.SelectMany(s => s switch
    {
        Loop l => Loops(l.Body).Prepend(l),
        Branch b => Loops(b.Then).Concat(Loops(b.Else)),
        _ => (IEnumerable<Loop>)[],
    });
}
