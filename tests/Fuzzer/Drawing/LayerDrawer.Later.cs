using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

// Rows that come later: what a layer with [Incremental] may read of what.
internal sealed partial class LayerDrawer
{
    /// <summary>The batches whose rows go on from run to run; a row of theirs reads itself and earlier ones alone.</summary>
    private readonly HashSet<object> later = [];

    /// <summary>Rows that are a fixed multiple of others, and of how many.</summary>
    private readonly Dictionary<Rows, (Rows Of, Size Times)> multiples = [];

    private bool GoesOn(Rows rows) => rows.Family is { } family && later.Contains(family);

    /// <summary>Now and then a limit is tried: what cannot go on is refused, and what is not refused has to be right.</summary>
    private bool IsBold => draft.Chance(0.02);

    /// <summary>Whether a row may read another value's row, its own one or at some position.</summary>
    private bool MayRead(Rows reader, Rows read)
    {
        if (later.Count == 0 || read.IsTable || IsBold) return true;
        if (!GoesOn(reader)) return !GoesOn(read);
        return read.Kind != RowsKind.Sequences;
    }

    /// <summary>Whether values of these rows go row by row with others: their own, or one for each of their sequences.</summary>
    private bool IsBeside(Rows rows, Rows others) =>
        ReferenceEquals(rows, others) || (rows.IsSequencesOf(others) && MayRead(others, rows));

    /// <summary>A position of rows that a lambda may read there; null where there is none.</summary>
    private Node? Position(LambdaScope scope, Symbol row, Rows rows, Rows read)
    {
        if (!GoesOn(read) || IsBold) return Integer(scope, 1);
        if (scope.IsPair) return null;
        var type = new IntegerType();
        Symbol[] counted = [.. scope.Integers.Where(i => i.Name[0] is 'f' or 'k')];
        if (ReferenceEquals(rows, read))
        {
            return draft.Below(7) switch
            {
                0 => Node.Of(type, "earlier row: all", $"{row}"),
                1 => Node.Of(type, "earlier row: halved", $"({row} / 2)"),
                2 => Node.Of(type, "earlier row: of a period", $"({row} % {1 + draft.Below(4)})"),
                3 when counted.Length > 0 => Node.Of(type, "earlier row: by a count", $"({row} - {draft.Pick(counted)})"),
                4 when scope.Integers.FirstOrDefault(i => i.Name[0] == 'p') is { } p => Node.Of(p),
                5 => Node.Of(type, "earlier row: the first", $"0"),
                _ => Node.Of(type, "earlier row", $"({row} - {1 + draft.Below(6)})"),
            };
        }
        if (multiples.TryGetValue(rows, out (Rows Of, Size Times) own) && ReferenceEquals(own.Of, read))
            return Node.Of(type, "earlier row: of a multiple", $"({row} / {own.Times})");
        return multiples.TryGetValue(read, out (Rows Of, Size Times) of) && ReferenceEquals(of.Of, rows)
            ? Node.Of(type, "earlier row: a multiple", $"({of.Times} * {row})") : null;
    }

    /// <summary>Makes a layer's results rows that go on, or the last one of each sequence.</summary>
    private Symbol[] LaterResults(IEnumerable<Symbol> results)
    {
        List<Symbol> kept = [.. results.Where(s => GoesOn(TypeOf(s).Rows))];
        if (kept.Count == 0)
        {
            if (TokensOfRows.All(s => !GoesOn(TypeOf(s).Rows) || inputs.Contains(s))) DrawEachOver(draft.GoesOn!);
            kept.Add(TokensOfRows.Last(s => GoesOn(TypeOf(s).Rows) && !inputs.Contains(s)));
        }
        // What is given once is read somewhere, or it would not be known how wide it is.
        foreach (Symbol anchor in anchors.Where(a => !GoesOn(TypeOf(a).Rows)))
        {
            (Rows rows, Size width, _) = TypeOf(kept[^1]);
            (Symbol t, Symbol f) = (new(draft.Name("t"), new FixedType("Row")), new(draft.Name("f"), new IntegerType(width)));
            (Binder row, Binder feature) = (new(t), new(f));
            NodeText text = $"Each({rows.Expression}, {width}, ({row}, {feature}) => {kept[^1]}[{t}, {f}] + ";
            kept[^1] = Declare(Node.Of(
                new TokensType(rows, width), "x[t, p, f] of what is given once",
                text.Then($"{anchor}[{t}, {t} % 3, Min({f}, {TypeOf(anchor).Width} - 1)])"), kept[^1].Bound + anchor.Bound));
        }
        if (draft.Chance(0.4))
        {
            Symbol last = kept[0];
            var sequences = new Rows(RowsKind.Sequences, TypeOf(last).Rows.Family);
            sequences.Expression = Node.Of(new RowSpaceType(sequences), "", $"{last}.Rows.Sequences");
            Node value = Node.Of(TypeOf(last) with { Rows = sequences }, "SequenceLast", $"SequenceLast({last})", last.Bound);
            kept[0] = Declare(draft.Chance(0.5) ? value : draft.Chance(0.5) ? Function(value) : Linear(value, Width()));
        }
        return [.. kept];
    }
}
