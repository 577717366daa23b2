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

    /// <summary>
    /// The place of the sequence's position 0 in a row space: of its first row there, less those of earlier runs, which are not in memory.
    /// </summary>
    /// <param name="kept">The variable that holds the rows together with earlier ones, where these are read: see <see cref="CudaKeptRows"/>.</param>
    public string Start(int inSpace, RowOf of, string? kept = null)
    {
        if (IsOneASequence(inSpace)) return Sequence(of);
        string start = $"{Offsets(inSpace, kept)}[{Sequence(of)}]";
        // What is given once is there only as a whole, with no rows before it.
        if (kept is not null || plan.HasRowsThatGoOn(inSpace)) start += $" - {Bases(inSpace, kept)}[{Sequence(of)}]";
        return Variable("start", start);
    }

    /// <summary>How many positions of the sequence may be read in a row space, from 0 on.</summary>
    /// <inheritdoc cref="Start"/>
    public string Count(int inSpace, RowOf of, string? kept = null) =>
        IsOneASequence(inSpace) ? "1" : Variable("length", $"{Offsets(inSpace, kept)}[{Sequence(of)} + 1] - {Start(inSpace, of, kept)}");

    /// <summary>How many rows the sequence has in a row space, those of earlier runs included.</summary>
    public string Length(int inSpace, RowOf of)
    {
        if (plan.GoesOn is null || plan.HasRowsThatGoOn(inSpace) || IsOneASequence(inSpace)) return Count(inSpace, of);
        return Variable("length", $"{Count(inSpace, of)} + {Bases(inSpace)}[{Sequence(of)}]");
    }

    /// <summary>The row's place in another space with the same rows or one row a sequence.</summary>
    public string RowIn(int inSpace, RowOf of) => IsOneASequence(inSpace) && !IsOneASequence(space(of)) ? Sequence(of) : Row(of);

    /// <summary>The position that an integer of another space means by its own.</summary>
    public string PositionIn(int inSpace, RowOf of) => IsOneASequence(inSpace) ? "0" : Position(of);

    private static string Row(RowOf of) => of == RowOf.Row ? "row" : Pair(of) + ".row";

    private string Sequence(RowOf of) => of != RowOf.Row ? "i.sequence"
        : sequence ?? (IsOneASequence(space(of)) ? "row"
        : Variable("sequence", arguments.Integers("sequenceOf", names.SequenceOf(space(of))) + "[row]"));

    private string Offsets(int inSpace, string? kept = null) =>
        arguments.Integers(NameOf(inSpace, kept) + "Offsets", kept is null ? names.Offsets(inSpace) : $"{names.Run}.Offsets({kept}.Space)");

    private string Bases(int inSpace, string? kept = null) =>
        arguments.Integers(NameOf(inSpace, kept) + "Bases", kept is null ? names.Bases(inSpace) : $"{names.Run}.Bases({kept}.Space)");

    private string NameOf(int inSpace, string? kept) => kept ?? ProgramNames.Camel(plan.RowSpaces[inSpace].Name);

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
