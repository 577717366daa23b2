using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

// Values said element by element, and recurrences.
internal sealed partial class LayerDrawer
{
    private bool DrawEach()
    {
        Rows[] possible = [.. spaces.Where(rows => rows.Kind != RowsKind.Derived || draft.Chance(0.7))];
        return DrawEachOver(draft.Pick<Rows>(possible.Length > 0 ? possible : spaces));
    }

    private bool DrawEachOver(Rows rows)
    {
        Size width = Width();
        Symbol t = new(draft.Name("t"), new FixedType("Row")), f = new(draft.Name("f"), new IntegerType(width));
        Node value = Real(new LambdaScope { Rows = [(t, rows)], Integers = [f], FoldsLeft = draft.Chance(0.15) ? 2 : 1 }, 1
            + draft.Below(4));
        return Declares(Node.Of(
            new TokensType(rows, width), EachOf(rows), $"Each({rows.Expression}, {width}, ({new Binder(t)}, {new Binder(f)}) => {value})",
                value.Bound));
    }

    private static string EachOf(Rows rows) => rows.Kind switch
    {
        RowsKind.Input => "Each",
        RowsKind.Sequences => "Each over sequences",
        RowsKind.Derived => "Each over other lengths",
        _ => "Each over a table",
    };

    private bool DrawScan()
    {
        if (draft.Chance(0.3)) return DrawLinearAttention();
        Rows rows = draft.Pick(spaces);
        Size width = Width(64), states = draft.Chance(0.3) ? Size.One : Size.Of(draft.Count(draft.Pick([2, 3, 5, 8, 16, 17]), "states"));
        Symbol t = new(draft.Name("t"), new FixedType("Row")), f = new(draft.Name("f"), new IntegerType(width));
        Symbol n = new(draft.Name("n"), new IntegerType(states)), h = new(draft.Name("h"), new RealType(), 4);
        var outside = new LambdaScope { Rows = [(t, rows)], Integers = [f, n], FoldsLeft = 0 };
        LambdaScope inside = outside with { Reals = [h] };
        Node decay = Node.Of(new RealType(), "", $"Sigmoid({Real(outside, 1)})"), input = Real(outside, 1 + draft.Below(2));
        Node step = draft.Below(8) switch
        {
            0 => Node.Of(new RealType(), "Scan: running greatest", $"Max(0.75 * {h}, {input})"),
            1 => Node.Of(new RealType(), "Scan: recurrent", $"Tanh(0.5 * {h} + {input})"),
            2 => Node.Of(new RealType(), "Scan: average", $"(0.75 * {h} + 0.25 * {input})"),
            4 or 5 => Node.Of(new RealType(), "Scan: selective",
                $"(Exp(-Abs({Field("table", "Parameter", $"{width}, {states}")}[{f}, {n}])) * {h} + {input})"),
            3 => Node.Of(new RealType(), "Scan: chosen", $"({Truth(outside, 0)} ? 0.5 * {h} : {input})"),
            _ => Node.Of(new RealType(), "Scan: gated", $"({decay} * {h} + {input})"),
        };
        Node output = draft.Below(3) switch
        {
            0 => Node.Of(new RealType(), "", $"{h}"),
            1 => Node.Of(new RealType(), "", $"({h} * {Real(outside, 1)})"),
            _ => Real(inside, 1),
        };
        bool isBackwards = draft.Chance(0.4) && (!GoesOn(rows) || IsBold);
        Node backwards = isBackwards ? Optional("Scan: backwards", $", backwards: true") : Optional("");
        return Declares(Node.Of(
            new TokensType(rows, width), rows.Kind == RowsKind.Sequences ? "Scan over sequences" : "Scan",
            ScanText(rows, width, states, step, output, backwards, t, f, n, h), 8 * ValueOf(states)));
    }

    private static NodeText ScanText(
        Rows rows, Size width, Size states, Node step, Node output, Node backwards, Symbol t, Symbol f, Symbol n, Symbol h)
    {
        (Binder row, Binder feature, Binder state, Binder value) = (new(t), new(f), new(n), new(h));
        NodeText text = $"Scan({rows.Expression}, {width}, {states}, ({row}, {feature}, {state}, {value}) => {step}, ";
        return text.Then($"({row}, {feature}, {state}, {value}) => {output}{backwards})");
    }

    /// <summary>A table: sines, a projected parameter.</summary>
    private bool DrawTable()
    {
        Rows rows = TableRows(Size.Of(draft.Count(2 + draft.Below(12), "rows")));
        Size width = Width(48);
        if (draft.Chance(0.5))
        {
            Node parameter = Node.Of(Field("table", new TokensType(rows, width), "Parameter", $"{rows.TableRows!}, {width}"));
            return Declares(draft.Chance(0.5) ? Linear(parameter, Width(48)) : Function(parameter));
        }
        Symbol r = new(draft.Name("r"), new IntegerType(rows.TableRows)), f = new(draft.Name("f"), new IntegerType(width));
        Node value = draft.Chance(0.5)
            ? Node.Of(new RealType(), "", $"Sin(0.5 * {r} + {f})")
            : Node.Of(new RealType(), "", $"({Field("row", "Parameter", $"{width}")}[{f}] * Cos(0.25 * {r}))");
        return Declares(Node.Of(
            new TokensType(rows, width), EachOf(rows), $"Each({rows.Expression}, {width}, ({new Binder(r)}, {new Binder(f)}) => {value})"));
    }
}
