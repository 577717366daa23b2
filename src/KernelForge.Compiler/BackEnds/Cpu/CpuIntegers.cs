using KernelForge.Compiler.Kernels;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>An integer that a row has, as a kernel's struct reads it.</summary>
internal static class CpuIntegers
{
    /// <param name="row">The row, among those that the integers belong to.</param>
    /// <param name="position">The row's position within its sequence.</param>
    public static string Text(CpuArguments arguments, RowInteger value, string row, Func<string> position) => value switch
    {
        RowInteger.Ids i => $"{arguments.Integers(i.Input, types: false)}[{row}]",
        RowInteger.Types t => $"{arguments.Integers(t.Input, types: true)}[{row}]",
        RowInteger.Host h => $"{arguments.HostIntegers(h.Number)}[{row}]",
        RowInteger.Position => position(),
        RowInteger.Affine a => Affine(arguments, a, row, position),
        _ => throw new NotSupportedException(value.GetType().Name),
    };

    private static string Affine(CpuArguments arguments, RowInteger.Affine a, string row, Func<string> position)
    {
        string text = Text(arguments, a.Value, row, position);
        if (a.Factor.Constant != 1) text = $"({text} * {arguments.Host(a.Factor, "int")})";
        return a.Offset.Constant == 0 ? text : $"({text} + {arguments.Host(a.Offset, "int")})";
    }
}
