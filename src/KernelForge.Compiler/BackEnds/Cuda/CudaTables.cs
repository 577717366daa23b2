using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>The tables of differences that the host fills for each batch: see <see cref="DifferenceFunction"/>.</summary>
internal sealed class CudaTables(ProgramNames names)
{
    private readonly List<(int Rows, int KeyRows, Expression Function)> tables = [];

    /// <summary>The number of the table that holds a function of the difference of positions.</summary>
    public int Add(AttentionKernel kernel, Expression function)
    {
        int known = tables.IndexOf((kernel.Rows, kernel.KeyRows, function));
        if (known >= 0) return known;
        tables.Add((kernel.Rows, kernel.KeyRows, function));
        return tables.Count - 1;
    }

    /// <summary>The method that fills them.</summary>
    public void WriteFilling(CodeWriter writer)
    {
        if (tables.Count == 0) return;
        writer.Line("/// <inheritdoc/>");
        writer.Open("protected override void Differences(int table, Span<int> values, int zero)");
        writer.Open("switch (table)");
        for (int i = 0; i < tables.Count; i++)
        {
            string difference = names.Unique("difference");
            writer.Line($"case {CudaText.Integer(i)}:");
            writer.Line($"    for (int {difference} = -zero; {difference} < values.Length - zero; {difference}++)");
            writer.Line($"        values[zero + {difference}] = {DifferenceText.Print(names, tables[i].Function, difference)};");
            writer.Line("    break;");
        }
        writer.Close().Close().Line();
    }
}
