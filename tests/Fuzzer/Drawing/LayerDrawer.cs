using System.Collections.Immutable;
using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

/// <summary>
/// Draws the statements of one layer. Each step takes values that are at hand and makes another of a type that follows from theirs, so that
/// what comes of it is a description that breaks no rule.
/// </summary>
internal sealed partial class LayerDrawer
{
    private const int MostFeatures = 132, MostRowsOfASequence = 160;

    /// <summary>Values that grow beyond this are brought back: sums of large numbers leave no digits to compare.</summary>
    private const double LargestBound = 12;

    private readonly Draft draft;
    private readonly int nesting;
    private readonly List<Symbol> symbols = [];
    private readonly List<Rows> spaces = [];
    private readonly List<Size> widths = [];
    private readonly Dictionary<Size, Rows> tables = [];
    private readonly List<Symbol> inputs = [];
    private List<Statement> block = [];

    /// <param name="nesting">How many layers this one stands in.</param>
    public LayerDrawer(Draft draft, int nesting) => (this.draft, this.nesting) = (draft, nesting);

    private IEnumerable<Symbol> Tokens => symbols.Where(s => s.Type is TokensType);

    private IEnumerable<Symbol> TokensOfRows => Tokens.Where(s => !TypeOf(s).Rows.IsTable);

    private static TokensType TypeOf(Symbol symbol) => (TokensType)symbol.Type;

    private static TokensType TypeOf(Node node) => (TokensType)node.Type;

    private int ValueOf(Size size) => size.Value(draft.Values);

    /// <summary>Some steps, each of a kind that the values at hand allow.</summary>
    private void DrawSteps(int count)
    {
        for (int attempts = 0; count > 0 && attempts < 200; attempts++)
            if (Step()) count--;
    }

    private bool Step()
    {
        (int Weight, Func<bool> Draw)[] kinds =
        [
            (9, DrawMap), (6, DrawLinears), (4, DrawNorm), (3, DrawReduction), (3, DrawFeatures), (6, DrawAttention), (6, DrawEach),
                (4, DrawScan),
            (3, DrawPool), (5, DrawLibrary), (2, DrawRouting), (2, DrawLookup), (3, DrawRows), (3, DrawTable),
                (nesting < 2 ? 4 : 0, DrawLayers),
            (3, DrawBranch), (4, DrawShapes), (5, DrawParameters),
        ];
        int at = draft.Below(kinds.Sum(kind => kind.Weight));
        foreach ((int weight, Func<bool> draw) in kinds)
        {
            if (at < weight) return draw();
            at -= weight;
        }
        throw new InvalidOperationException("weights add up to less than their sum");
    }

    /// <summary>Puts a value into a local, brought back where it has grown.</summary>
    private Symbol Declare(Node value)
    {
        if (value.Type is TokensType { IsExact: false } type && value.Bound > LargestBound)
            value = draft.Chance(0.5) || value.Bound > 1000
                ? Node.Of(type, "Tanh", $"Tanh({value})")
                : Node.Of(type, "", $"(0.05 * {value})", 0.05 * value.Bound);
        var symbol = new Symbol(draft.Name("v"), value.Type, value.Bound);
        block.Add(new Declare([symbol], value));
        symbols.Add(symbol);
        return symbol;
    }

    private bool Declares(Node value)
    {
        Declare(value);
        return true;
    }

    private Field Field(string stem, NodeType type, string typeName, NodeText arguments) =>
        new(draft.Name(stem), type, typeName, arguments.Parts, typeName is "Linear" or "Parameter" ? Named(stem) : "");

    private Field Field(string stem, string typeName, NodeText arguments, string attribute) =>
        new(draft.Name(stem), new FixedType(typeName), typeName, arguments.Parts, attribute);

    private Field Field(string stem, string typeName, NodeText arguments) => Field(stem, new FixedType(typeName), typeName, arguments);

    /// <summary>A width at hand, or one that is made of them.</summary>
    private Size Width(int most = MostFeatures)
    {
        Size width = draft.Pick(widths);
        if (draft.Chance(0.1)) width += draft.Chance(0.5) ? Size.One : draft.Pick(widths);
        if (draft.Chance(0.1)) width = Size.Of(2) * width;
        if (draft.Chance(0.1)) width = Size.Of(draft.Count(draft.OddSize(33)));
        return ValueOf(width) <= most ? width : widths.Where(w => ValueOf(w) <= most).DefaultIfEmpty(Size.One).First();
    }

    /// <summary>Rows of a table; those with as many rows are the same.</summary>
    private Rows TableRows(Size count)
    {
        if (tables.TryGetValue(count, out Rows? known)) return known;
        var rows = new Rows(RowsKind.Table, null) { TableRows = count };
        rows.Expression = Node.Of(new RowSpaceType(rows), "", $"RowSpace.Table({count})");
        return tables[count] = rows;
    }

    /// <summary>What a block declares is gone after it.</summary>
    private ImmutableArray<Statement> Block(Action draw)
    {
        (List<Statement> outer, int known, int knownSpaces) = (block, symbols.Count, spaces.Count);
        block = [];
        draw();
        ImmutableArray<Statement> drawn = [.. block];
        block = outer;
        symbols.RemoveRange(known, symbols.Count - known);
        spaces.RemoveRange(knownSpaces, spaces.Count - knownSpaces);
        return drawn;
    }

    private Symbol? PickOf(IEnumerable<Symbol> some)
    {
        Symbol[] all = [.. some];
        // The latest more often than not, so that steps build upon each other.
        return all.Length == 0 ? null : draft.Chance(0.4) ? all[^1] : draft.Pick(all);
    }
}
