using System.Globalization;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>A score's or mask's <see cref="DifferenceFunction"/>s: filled in once a batch for every difference, looked up for each pair.</summary>
/// <param name="next">Numbers the tables of a program.</param>
internal sealed class DifferenceTables(ProgramNames names, CpuArguments arguments, AttentionKernel kernel, Func<int> next)
{
    private readonly List<(Expression Function, string Text)> known = [];

    /// <summary>What fills the tables, before the kernel runs.</summary>
    public List<string> Statements { get; } = [];

    /// <summary>The lookup that stands for an expression, or null where it is computed for each pair.</summary>
    public string? Lookup(Expression e)
    {
        if (known.FirstOrDefault(k => k.Function.Equals(e)).Text is { } text) return text;
        if (!DifferenceFunction.Is(e)) return null;

        string table = names.Unique(ProgramNames.Camel(kernel.Name) + "Table");
        string queries = names.Space(kernel.Rows), keys = names.Space(kernel.KeyRows);
        string difference = names.Unique("difference");
        string value = DifferenceText.Print(names, e, difference);
        string number = next().ToString(CultureInfo.InvariantCulture);
        Statements.Add($"int[] {table} = {names.Workspace}.Differences({number}, {queries}, {keys});");
        Statements.Add($"for (int {difference} = 1 - {keys}.Longest; {difference} < {queries}.Longest; {difference}++)");
        Statements.Add($"    {table}[{difference} + {keys}.Longest - 1] = {value};");

        string zero = arguments.Variable("int", keys + ".Longest - 1", "zero");
        text = $"{arguments.Variable("int[]", table, "table")}[i.Position - j.Position + {zero}]";
        known.Add((e, text));
        return text;
    }
}
