using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

// Row spaces of other lengths, and integers of rows.
internal sealed partial class LayerDrawer
{
    private readonly Dictionary<Rows, int> longest = [];

    /// <summary>About how many rows a sequence can have there.</summary>
    private int LongestOf(Rows rows) => rows.Kind == RowsKind.Sequences ? 1 : longest.GetValueOrDefault(rows, Batch.LongestSequence);

    /// <summary>Whether rows can be said from them anew: those of a sequence's rows have lengths too, but each is 1.</summary>
    private static bool MayBeNamed(Rows rows) => !rows.IsTable && rows.Kind != RowsKind.Sequences;

    private bool DrawRows()
    {
        Rows[] from = [.. spaces.Where(MayBeNamed)];
        if (from.Length == 0) return false;
        Rows rows = draft.Pick(from), other = draft.Pick<Rows>([.. from.Where(r => GoesOn(r) == GoesOn(rows))]);
        int most = LongestOf(rows), n = 1 + draft.Below(4);
        Node lengths = Node.Of(new FixedType("Integers"), "", $"{rows.Expression}.Lengths");
        Node others = Node.Of(new FixedType("Integers"), "", $"{other.Expression}.Lengths");
        if (GoesOn(rows) && !IsBold)
        {
            if (most * n > MostRowsOfASequence || multiples.ContainsKey(rows)) return false;
            NodeText lengthsTimes = $"{rows.Expression}.WithLengths({n} * {rows.Expression}.Lengths)";
            Rows multiple = Derived(rows, "lengths: multiplied", lengthsTimes, most * n);
            multiples[multiple] = (rows, Size.Of(n));
            return draft.Chance(0.2) || DrawEachOver(multiple);
        }
        (string op, NodeText text, int longestOfAll) = draft.Below(10) switch
        {
            0 => ("lengths: strided", (NodeText)$"({lengths} + {n}) / {n + 1}", (most / (n + 1)) + 1),
            1 when most * n <= MostRowsOfASequence => ("lengths: multiplied", (NodeText)$"{lengths} * {n}", most * n),
            2 => ("lengths: longer", (NodeText)$"{lengths} + {n}", most + n),
            3 => ("lengths: shorter", (NodeText)$"Max({lengths} - {n}, 0)", most),
            4 => ("lengths: at most", (NodeText)$"Min({lengths}, {n})", n),
            5 => ("lengths: remainder", (NodeText)$"{lengths} % {n + 1}", n),
            6 => ("lengths: C#", (NodeText)$"{lengths}.Select(Host.Root)", 13),
            7 => ("lengths: pairs", (NodeText)$"Min({lengths}, {n}) * Min({others}, {n + 2})", n * (n + 2)),
            8 when rows.Family == other.Family || draft.Chance(0.5) =>
                ("lengths: of two", (NodeText)$"Max({lengths}, {others}) / 2", Math.Max(most, LongestOf(other)) / 2),
            _ => ("lengths: halved", (NodeText)$"{lengths} / 2", most / 2),
        };
        NodeText space = $"{rows.Expression}.WithLengths(";
        Rows derived = Derived(rows, op, space.Then(text).Then($")"), longestOfAll);
        return draft.Chance(0.2) || DrawEachOver(derived);
    }

    private Rows Derived(Rows from, string op, NodeText text, int longestOfAll)
    {
        var rows = new Rows(RowsKind.Derived, from.Family);
        rows.Expression = Node.Of(new RowSpaceType(rows), op, text);
        longest[rows] = longestOfAll;
        if (draft.Chance(0.6))
        {
            // Said once and kept in a local, or said again wherever it is wanted: the same lengths are the same rows.
            var local = new Symbol(draft.Name("rows"), new RowSpaceType(rows));
            block.Add(new Declare([local], rows.Expression));
            symbols.Add(local);
        }
        spaces.Add(rows);
        return rows;
    }

    /// <summary>Integers of rows from 0 to below a size.</summary>
    private Node IntegersOf(Rows rows, Size below)
    {
        Symbol[] ids = [.. symbols.Where(s => RowsOfIds(s) == rows)];
        Node any = AnyOf(rows);
        Node some = ids.Length > 0 && draft.Chance(0.6)
            ? IntegersOf(draft.Pick(ids)) : Node.Of(new FixedType("Integers"), "x.Positions", $"{any}.Positions");
        // Of the same value: that two inputs of an inner layer have the same rows is known only where they meet row by row.
        Node lengths = Node.Of(new FixedType("Integers"), "", $"{any}.Rows.Lengths");
        var type = new IntegersType(rows, below);
        Node plain = Node.Of(type, "integers %", $"({some} % {below})");
        if (some.Type is IntegersType { Below: { } known } && known.Equals(below) && draft.Chance(0.7)) return some;
        return draft.Below(GoesOn(rows) && !IsBold ? 2 : 6) switch
        {
            0 => Node.Of(type, "integers Min", $"Min({some}, {below} - 1)"),
            1 => Node.Of(type, "integers +", $"((2 * {some} + {1 + draft.Below(3)}) % {below})"),
            2 => Node.Of(type, "integers *", $"(({some} * {some} + {lengths}) % {below})"),
            3 => Node.Of(type, "integers /", $"({some} / 3 % {below})"),
            4 => Node.Of(type, "integers Max", $"Max({some} % {below}, {plain})"),
            _ => plain,
        };
    }

    /// <summary>C# has no arithmetic of ids; of what comes with them there is.</summary>
    private static Node IntegersOf(Symbol ids) => ids.Type is not IntegersType { IsTokenIds: true } type ? Node.Of(ids)
        : Node.Of(type with { IsTokenIds = false }, "ids.Types", $"{ids}.Types");

    /// <summary>A value of these rows, whose positions can be asked.</summary>
    private Node AnyOf(Rows rows) =>
        PickOf(Tokens.Where(s => TypeOf(s).Rows == rows)) is { } x ? Node.Of(x)
        : symbols.Find(s => s.Type is IntegersType { IsTokenIds: true } && RowsOf(s) == rows) is { } ids ? Node.Of(ids)
        : Node.Of(new TokensType(rows, Size.One), "", $"Each({rows.Expression}, 1, (t, f) => 0.5)");

    private bool DrawLookup()
    {
        Rows[] possible = [.. spaces.Where(rows => rows.Kind == RowsKind.Input)];
        if (possible.Length == 0) return false;
        Rows rows = draft.Pick(possible);
        Size count = Size.Of(draft.Count(2 + draft.Below(20), "vocabulary")), width = Width();
        Symbol[] ids = [.. symbols.Where(s => s.Type is IntegersType { Below: not null } && RowsOf(s) == rows)];
        if (ids.Length > 0 && draft.Chance(0.6)) count = ((IntegersType)draft.Pick(ids).Type).Below!;
        bool isExact = draft.Chance(0.3);
        Field table = Field(isExact ? "exact" : "embedding", "Embedding", $"{count}, {width}");
        Symbol? whole = draft.Chance(0.4) ? PickOf(ids.Where(s => ((IntegersType)s.Type).Below!.Equals(count))) : null;
        Node index = whole is null ? IntegersOf(rows, count) : Node.Of(whole);
        Node looked = Node.Of(new TokensType(rows, width, isExact), "Embedding", $"{table}[{index}]", 2);
        // Rows of a table are operands of what is computed of them.
        return Declares(draft.Chance(0.5) ? looked : Function(looked));
    }
}
