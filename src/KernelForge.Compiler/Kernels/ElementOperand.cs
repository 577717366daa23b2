using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Incremental;

namespace KernelForge.Compiler.Kernels;

/// <summary>Something that a lambda's expression reads at indices of its own.</summary>
public abstract record ElementOperand
{
    /// <summary>Rows of row space <paramref name="Space"/>, read by <see cref="Expression.TokenElement"/>.</summary>
    public sealed record Rows(View View, int Space) : ElementOperand
    {
        /// <summary>What of it is read that earlier runs left behind; null for nothing.</summary>
        public KeptRows? Kept { get; init; }
    }

    /// <summary>Computed rows of a table, read by <see cref="Expression.Element"/> at a row and a column.</summary>
    public sealed record Table(View View) : ElementOperand;

    /// <summary>A parameter, read by <see cref="Expression.Element"/> at a column, or at a row and a column.</summary>
    public sealed record Parameter(int Number) : ElementOperand;

    /// <summary>An integer a row of <paramref name="Space"/>, read by <see cref="Expression.IntegerElement"/>.</summary>
    public sealed record Integers(RowInteger Value, int Space) : ElementOperand;

    /// <summary>The columns of buffers among operands.</summary>
    internal static IEnumerable<View> ViewsOf(IEnumerable<ElementOperand> operands) => operands.SelectMany(o => o switch
    {
        Rows r => [r.View],
        Table t => [t.View],
        _ => (IEnumerable<View>)[],
    });

    /// <summary>The parameters among operands.</summary>
    internal static IEnumerable<int> ParametersOf(IEnumerable<ElementOperand> operands) => operands.OfType<Parameter>().Select(p => p.Number);
}
