using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

// Recurrences whose states are a matrix for each head.
internal sealed partial class LayerDrawer
{
    /// <summary>
    /// A decay of each head, a key and a query of each state, a value of each feature. Matrices are so large, as a rule, that the CPU goes through long
    /// sequences in chunks.
    /// </summary>
    private bool DrawLinearAttention()
    {
        Rows rows = draft.Pick(spaces);
        Size each = Size.Of(draft.Count(draft.Pick([5, 8, 9, 16, 21]), "each")), states = Size.Of(draft.Count(draft.Pick([8, 9, 16, 17]), "states"));
        Size count = draft.Chance(0.4) ? Size.One : Size.Of(draft.Count(1 + draft.Below(3), "count")), width = count * each;
        Symbol t = new(draft.Name("t"), new FixedType("Row")), f = new(draft.Name("f"), new IntegerType(width));
        Symbol n = new(draft.Name("n"), new IntegerType(states)), h = new(draft.Name("h"), new RealType(), 4);
        var ofRow = new LambdaScope { Rows = [(t, rows)], FoldsLeft = 0 };
        LambdaScope ofState = ofRow with { Integers = [n] };
        Node fades = draft.Below(4) switch
        {
            0 => Node.Of(new RealType(), "", $"{draft.Pick([0.0, 0.5, 0.96875])}"),
            1 => Node.Of(new RealType(), "Scan: a decay of each head", $"(0.875 * Sigmoid({Field("row", "Parameter", $"{count}")}[{f} / {each}]))"),
            2 => Node.Of(new RealType(), "Scan: begun anew", $"({Truth(ofRow, 0)} ? 0 : 0.875)"),
            _ => Node.Of(new RealType(), "Scan: a decay of each row", $"(0.875 * Sigmoid({Real(ofRow, 1)}))"),
        };
        Node value = Real(ofRow with { Integers = [f] }, 1), query = Real(ofState, 1), read = Real(ofState, 0);
        Node key = draft.Chance(0.5)
            ? Node.Of(new RealType(), "", $"({Field("row", "Parameter", $"{states}")}[{n}] * {read})", read.Bound)
            : Node.Of(new RealType(), "", $"({Field("table", "Parameter", $"{count}, {states}")}[{f} / {each}, {n}] * {read})", read.Bound);
        Node step = Node.Of(new RealType(), "Scan: linear attention", $"({fades} * {h} + {key} * {value})");
        Node output = Node.Of(new RealType(), "", $"({query} * {h})");
        bool isBackwards = draft.Chance(0.3) && (!GoesOn(rows) || IsBold);
        Node backwards = isBackwards ? Optional("Scan: backwards", $", backwards: true") : Optional("");
        return Declares(Node.Of(
            new TokensType(rows, width), rows.Kind == RowsKind.Sequences ? "Scan over sequences" : "Scan",
            ScanText(rows, width, states, step, output, backwards, t, f, n, h), 8 * ValueOf(states) * key.Bound * value.Bound * query.Bound));
    }
}
