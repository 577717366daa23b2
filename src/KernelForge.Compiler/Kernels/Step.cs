using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Build;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels;

/// <summary>What the host does next.</summary>
public abstract record Step
{
    public sealed record Run(Kernel Kernel) : Step;

    /// <summary>Computes the lengths of a row space that <see cref="RowSpace.IsLocal"/>.</summary>
    public sealed record Lengths(int Space) : Step;

    /// <summary>Computes integers that are <see cref="PlanIntegers.IsLocal"/>.</summary>
    public sealed record Integers(int Number) : Step;

    /// <summary>Runs the body for <paramref name="Index"/> from <paramref name="Start"/> to below <paramref name="End"/>.</summary>
    public sealed record Loop(string Index, Scalar Start, Scalar End, EquatableArray<CarriedRows> Carried, EquatableArray<Step> Body) : Step;

    public sealed record Branch(Scalar Condition, EquatableArray<Step> Then, EquatableArray<Step> Else, EquatableArray<MergedRows> Merged) : Step;

    /// <summary>Every step, those inside loops and both arms of branches behind their own.</summary>
    internal static IEnumerable<Step> All(IEnumerable<Step> steps) => steps.SelectMany(s => s switch
    {
        Loop l => All(l.Body).Prepend(s),
        Branch b => All(b.Then).Concat(All(b.Else)).Prepend(s),
        _ => [s],
    });

    internal static IEnumerable<Kernel> Kernels(IEnumerable<Step> steps) => All(steps).OfType<Run>().Select(r => r.Kernel);

    /// <summary>Row spaces that loops and branches choose, and those from among which they do.</summary>
    internal static IEnumerable<(int Chosen, int[] From)> Choices(IEnumerable<Step> steps) => All(steps).SelectMany(s => s switch
    {
        Loop l => l.Carried.SelectMany(c => ((int, int[])[])[(c.Inside, [c.Initial, c.Next]), (c.Result, [c.Inside])]),
        Branch b => b.Merged.Select(m => (m.Result, (int[])[m.Then, m.Else])),
        _ => (IEnumerable<(int, int[])>)[],
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
    internal static IEnumerable<Loop> Loops(IEnumerable<Step> steps) => All(steps).OfType<Loop>();
}
