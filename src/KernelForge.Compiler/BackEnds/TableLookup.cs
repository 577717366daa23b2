using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Build;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds;

/// <summary>Rows of a table that integers of rows name: row <paramref name="Factor"/> · <paramref name="Source"/> + <paramref name="Offset"/>.</summary>
/// <param name="Rows">The row space of the kernel that looks up.</param>
internal sealed record TableLookup(int Rows, RowInteger Source, Scalar Factor, Scalar Offset, PlanParameter Table)
{
    /// <summary>Every lookup of a plan, each once, in tables whose size no loop changes.</summary>
    public static IEnumerable<TableLookup> Of(KernelPlan plan) => plan.Kernels
        .SelectMany(k => Gathers(k).Select(g =>
        {
            (RowInteger source, Scalar factor, Scalar offset) = Flatten(g.Index);
            return new TableLookup(k.Rows, source, factor, offset, plan.Parameters[g.Parameter]);
        }))
        .Where(l => !l.Table.Path.Loops.Any() && !l.Table.Rows.LoopIndices.Any())
        .Distinct();

    private static IEnumerable<KernelOperand.Gather> Gathers(Kernel kernel) => kernel switch
    {
        RowKernel r => r.Operands.OfType<KernelOperand.Gather>(),
        GemmKernel g => g.Blocks.SelectMany(b => b.Operands).OfType<KernelOperand.Gather>(),
        _ => [],
    };

    /// <summary>The integers of a batch that are looked up, and what they are multiplied by and added to.</summary>
    private static (RowInteger Source, Scalar Factor, Scalar Offset) Flatten(RowInteger value)
    {
        if (value is not RowInteger.Affine a) return (value, Scalar.Of(1), Scalar.Of(0));
        (RowInteger source, Scalar factor, Scalar offset) = Flatten(a.Value);
        Scalar scaled = Scalars.Binary(BinaryOp.Multiply, offset, a.Factor);
        return (source, Scalars.Binary(BinaryOp.Multiply, factor, a.Factor), Scalars.Binary(BinaryOp.Add, scaled, a.Offset));
    }
}
