using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;

namespace KernelForge.Compiler.BackEnds;

/// <summary>
/// Which phases of a row kernel share a sweep over the columns: those of the same width that need nothing of each other's ends.
/// </summary>
internal sealed class RowSweeps
{
    private readonly RowKernel kernel;
    private readonly List<(int First, int End)> sweeps = [];

    public RowSweeps(RowKernel kernel)
    {
        this.kernel = kernel;
        int first = 0;
        for (int p = 1; p <= kernel.Phases.Count; p++)
        {
            if (p < kernel.Phases.Count && Joins(first, p)) continue;
            sweeps.Add((first, p));
            first = p;
        }
    }

    /// <summary>Sweeps as ranges of phases, in order.</summary>
    public IReadOnlyList<(int First, int End)> All => sweeps;

    /// <summary>Whether a sweep after the phase's own reads the row that it makes.</summary>
    public bool IsReadLater(int phase)
    {
        int end = sweeps.First(s => phase < s.End).End;
        return kernel.Phases.Skip(end).Any(later => later.Value.All().Any(e => e is Expression.Local l && l.Phase == phase));
    }

    /// <summary>Columns of the row that a phase makes.</summary>
    public Size WidthOf(int phase) => kernel.Phases[phase] is RowPhase.Reduce r ? r.Groups : kernel.Phases[phase].Columns;

    public static bool IsGrouped(RowPhase phase) => phase is RowPhase.Reduce r && !r.Groups.IsOne;

    /// <summary>The largest parts of an expression that depend on the row alone and take computing.</summary>
    public static IReadOnlyList<Expression> OfRowAlone(Expression value)
    {
        List<Expression> found = [];
        value.Replace(e =>
        {
            bool ofRow = e is Expression.Call or Expression.Binary or Expression.Unary or Expression.Activate
                && e.All().All(x => x is not (Expression.Read or Expression.Local or Expression.Accumulator))
                && e.All().Any(x => x is Expression.Reduced);
            if (ofRow) found.Add(e);
            return ofRow ? e : null;
        });
        return found;
    }

    private bool Joins(int first, int phase)
    {
        if (IsGrouped(kernel.Phases[phase]) || IsGrouped(kernel.Phases[first])) return false;
        if (!kernel.Phases[phase].Columns.Equals(kernel.Phases[first].Columns)) return false;
        return !kernel.Phases[phase].Value.All().Any(e => e is Expression.Reduced r && r.Phase >= first);
    }
}
