using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// What a schedule gives to the computing of lengths and integers that differ from pass to pass of a loop: indices of loops, and the numbers that
/// the row spaces of the pass have.
/// </summary>
internal sealed class CudaGiven
{
    private readonly string[] indices;
    private readonly int[] spaces;

    private CudaGiven(KernelPlan plan, RowInteger value, IEnumerable<int> further)
    {
        RowInteger[] parts = [.. All(value)];
        indices = [.. parts.SelectMany(Scalars).SelectMany(ScalarText.Indices).Distinct()];
        spaces = [.. parts.OfType<RowInteger.Length>().Select(l => l.Space).Concat(further).Where(s => plan.RowSpaces[s].IsLocal).Distinct()];

        IEnumerable<RowInteger> All(RowInteger of) =>
            of.All().SelectMany(part => part is RowInteger.Host h ? All(plan.HostIntegers[h.Number].Value) : [part]);
    }

    public static CudaGiven Of(KernelPlan plan, RowSpace space) => new(plan, space.Lengths!, []);

    public static CudaGiven Of(KernelPlan plan, PlanIntegers integers) => new(plan, integers.Value, [integers.RowSpace]);

    public bool IsAny => indices.Length + spaces.Length > 0;

    /// <summary>How the schedule gives it: <c>, i, rows.Number</c>.</summary>
    public string Arguments(ProgramNames names) =>
        string.Concat(indices.Select(names.Index).Concat(spaces.Select(s => names.Space(s) + ".Number")).Select(a => ", " + a));

    /// <summary>The number of a row space, where it is computed with.</summary>
    public string Number(int space) =>
        Array.IndexOf(spaces, space) is >= 0 and var at ? $"given[{CudaText.Integer(indices.Length + at)}]" : CudaText.Integer(space);

    /// <summary>Gives the indices their names.</summary>
    public void WriteIndices(CodeWriter writer, ProgramNames names)
    {
        for (int i = 0; i < indices.Length; i++) writer.Line($"int {names.Index(indices[i])} = given[{CudaText.Integer(i)}];");
    }

    private static IEnumerable<Scalar> Scalars(RowInteger value) => value switch
    {
        RowInteger.Constant c => [c.Value],
        RowInteger.Affine a => [a.Factor, a.Offset],
        _ => [],
    };
}
