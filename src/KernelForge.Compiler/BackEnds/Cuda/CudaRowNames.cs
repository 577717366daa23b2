using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// What a lambda's text calls its rows: places, positions, and where the rows of a sequence begin and how many they are. What has to be read is a
/// variable of the outermost block, declared when it is first asked for.
/// </summary>
/// <param name="block">The outermost block of the lambda.</param>
/// <param name="space">The row space of the lambda's rows: of the row, the query or the key.</param>
/// <param name="sequence">The variable that holds the row's sequence already, or null.</param>
/// <param name="position">The variable that holds the row's position already, or null.</param>
internal sealed class CudaRowNames(
    KernelPlan plan, ProgramNames names, CudaArguments arguments, CodeBlock block, Func<RowOf, int> space, string? sequence = null,
    string? position = null)
{
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);

    public string Position(RowOf of) => of != RowOf.Row ? Pair(of) + ".position"
        : position ?? (IsOneASequence(space(of)) ? "0"
        : plan.RowSpaces[space(of)].TableRows is not null ? "row"
        : Variable("position", arguments.Integers("positions", names.Positions(space(of))) + "[row]"));

    /// <summary>The place of the first row of the sequence in a row space.</summary>
    public string Start(int inSpace, RowOf of) =>
        IsOneASequence(inSpace) ? Sequence(of) : Variable("start", $"{Offsets(inSpace)}[{Sequence(of)}]");

    /// <summary>How many rows the sequence has in a row space.</summary>
    public string Length(int inSpace, RowOf of) =>
        IsOneASequence(inSpace) ? "1" : Variable("length", $"{Offsets(inSpace)}[{Sequence(of)} + 1] - {Start(inSpace, of)}");

    /// <summary>The row's place in another space with the same rows or one row a sequence.</summary>
    public string RowIn(int inSpace, RowOf of) => IsOneASequence(inSpace) && !IsOneASequence(space(of)) ? Sequence(of) : Row(of);

    /// <summary>The position that an integer of another space means by its own.</summary>
    public string PositionIn(int inSpace, RowOf of) => IsOneASequence(inSpace) ? "0" : Position(of);

    private static string Row(RowOf of) => of == RowOf.Row ? "row" : Pair(of) + ".row";

    private string Sequence(RowOf of) => of != RowOf.Row ? "i.sequence"
        : sequence ?? (IsOneASequence(space(of)) ? "row"
        : Variable("sequence", arguments.Integers("sequenceOf", names.SequenceOf(space(of))) + "[row]"));

    private string Offsets(int inSpace) =>
        arguments.Integers(ProgramNames.Camel(plan.RowSpaces[inSpace].Name) + "Offsets", names.Offsets(inSpace));

    private static string Pair(RowOf of) => of == RowOf.Key ? "j" : "i";

    private bool IsOneASequence(int inSpace) => plan.RowSpaces[inSpace].SequencesOf is not null;

    private string Variable(string wanted, string text)
    {
        if (variables.TryGetValue(text, out string? name)) return name;
        name = arguments.Local(wanted);
        block.Writer.Line($"const int {name} = {text};");
        return variables[text] = name;
    }
}
