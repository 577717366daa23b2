using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>
/// What a lambda's text calls its rows: places, positions, and where the rows of a sequence begin and how many they are. What takes computing is a
/// variable of the outermost block, declared when it is first asked for.
/// </summary>
/// <param name="block">The outermost block of the lambda.</param>
/// <param name="space">The row space of the lambda's rows: of the row, the query or the key.</param>
/// <param name="sequence">The variable that holds the sequence of the row already, or null.</param>
internal sealed class CpuRowNames(KernelPlan plan, CpuArguments arguments, CodeBlock block, Func<RowOf, int> space, string? sequence = null)
{
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);

    /// <summary>The row's place among all rows of its space.</summary>
    public static string Row(RowOf of) => of == RowOf.Row ? "row" : Pair(of) + ".Row";

    public string Position(RowOf of) => of != RowOf.Row ? Pair(of) + ".Position"
        : IsOneASequence(space(of)) ? "0"
        : Variable("position", $"row - {Start(space(of), of)}");

    /// <summary>The place of the sequence's position 0 in a row space; of what is given once, which is there as a whole or not at all, of its first row.</summary>
    public string Start(int inSpace, RowOf of) =>
        IsOneASequence(inSpace) ? Sequence(of)
        : Variable("start", $"{arguments.Space(inSpace)}.{(IsGivenOnce(inSpace) ? "FirstRow" : "Start")}({Sequence(of)})");

    /// <summary>The place of the row of position 0 among rows that are kept, whose row space is a variable of the struct.</summary>
    public string StartOf(string keptSpace, RowOf of) => Variable("start", $"{keptSpace}.Start({Sequence(of)})");

    /// <summary>How many positions of the sequence may be read in a row space, from 0 on.</summary>
    public string Count(int inSpace, RowOf of) =>
        IsGivenOnce(inSpace) ? Variable("count", $"{arguments.Space(inSpace)}.RowCount({Sequence(of)})") : Length(inSpace, of);

    /// <summary>How many rows the sequence has in a row space, those of earlier runs included.</summary>
    public string Length(int inSpace, RowOf of) =>
        IsOneASequence(inSpace) ? "1" : Variable("length", $"{arguments.Space(inSpace)}.Length({Sequence(of)})");

    /// <summary>The row's place in another space with the same rows or one row a sequence.</summary>
    public string RowIn(int inSpace, RowOf of) => IsOneASequence(inSpace) && !IsOneASequence(space(of)) ? Sequence(of) : Row(of);

    /// <summary>The position that an integer of another space means by its own.</summary>
    public string PositionIn(int inSpace, RowOf of) => IsOneASequence(inSpace) ? "0" : Position(of);

    private string Sequence(RowOf of) => of != RowOf.Row ? Pair(of) + ".Sequence"
        : IsOneASequence(space(of)) ? "row"
        : sequence ?? Variable("sequence", $"{arguments.Space(space(of))}.SequenceOf(row)");

    private static string Pair(RowOf of) => of == RowOf.Key ? "j" : "i";

    /// <summary>Rows that a first run brings and later ones do not.</summary>
    private bool IsGivenOnce(int inSpace) => plan.GoesOn is not null && !plan.HasRowsThatGoOn(inSpace) && !IsOneASequence(inSpace);

    private bool IsOneASequence(int inSpace) => plan.RowSpaces[inSpace].SequencesOf is not null;

    private string Variable(string wanted, string text)
    {
        if (variables.TryGetValue(text, out string? name)) return name;
        name = arguments.Local(wanted);
        block.Writer.Line($"int {name} = {text};");
        return variables[text] = name;
    }
}
