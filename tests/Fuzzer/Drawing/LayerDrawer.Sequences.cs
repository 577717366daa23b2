using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

// What works along sequences: pools, windows, shifts, rotary positions.
internal sealed partial class LayerDrawer
{
    private bool DrawPool()
    {
        if (PickOf(TokensOfRows.Where(s => TypeOf(s).Rows.Kind != RowsKind.Sequences && (!GoesOn(TypeOf(s).Rows) || IsBold))) is not { } x)
            return false;
        string op = draft.Pick(["SequenceSum", "SequenceMean", "SequenceMax", "SequenceFirst", "SequenceLast"]);
        bool isExact = TypeOf(x).IsExact && op is "SequenceMax" or "SequenceFirst" or "SequenceLast";
        var type = new TokensType(SequencesOf(TypeOf(x).Rows), TypeOf(x).Width, isExact && TypeOf(x).IsExact);
        return Declares(Node.Of(type, op, $"{op}({x})", op == "SequenceSum" ? 20 * x.Bound : x.Bound));
    }

    /// <summary>One row a sequence of what these are rows of.</summary>
    private Rows SequencesOf(Rows rows)
    {
        if (spaces.Find(s => s.Kind == RowsKind.Sequences && s.Family == rows.Family) is { } known) return known;
        var sequences = new Rows(RowsKind.Sequences, rows.Family);
        Rows input = inputs.Select(i => RowsOf(i)!).First(r => r.Family == rows.Family);
        sequences.Expression = Node.Of(new RowSpaceType(sequences), "rows.Sequences", $"{input.Expression}.Sequences");
        spaces.Add(sequences);
        return sequences;
    }

    private static Rows? RowsOf(Symbol symbol) => symbol.Type switch { TokensType t => t.Rows, IntegersType i => i.Rows, _ => null };

    private bool DrawLibrary()
    {
        if (PickOf(TokensOfRows) is not { } x) return false;
        TokensType type = TypeOf(x);
        Node read = Node.Of(x);
        switch (draft.Below(9))
        {
            case 0:
                int by = draft.Pick<int>(GoesOn(type.Rows) && !IsBold ? [1, 2, 5, 33] : [1, 2, -1, 5]);
                return Declares(Node.Of(type, "Shift", $"Shift({x}, {by})", x.Bound));
            case 1:
                return Declares(Node.Of(type with { IsExact = false }, "CumulativeSum", $"CumulativeSum({x})", 10 * x.Bound));
            case 2 or 3 when !GoesOn(type.Rows) || IsBold:
                return DrawWindows(x);
            case 4:
                int kernel = 1 + draft.Below(4);
                int before = GoesOn(type.Rows) && !IsBold ? kernel - 1 : draft.Below(kernel);
                NodeText arguments = $"{type.Width}, {kernel}, {before}";
                Field taps = Field("depthwise", "DepthwiseConvolution", draft.Chance(0.3) ? arguments.Then($", bias: false") : arguments);
                return Declares(Node.Of(type with { IsExact = false }, "DepthwiseConvolution", $"{taps}[{x}]", x.Bound * kernel));
            case 5:
                int times = 2 + draft.Below(2);
                Size groups = Groups(type.Width);
                if (ValueOf(type.Width) * times > MostFeatures) return false;
                return Declares(Node.Of(
                    type with { Width = Size.Of(times) * type.Width }, "Repeat",
                    groups.IsOne ? (NodeText)$"Repeat({x}, {times})" : $"Repeat({x}, {times}, {groups})", x.Bound));
            case 6:
                return DrawRotary(x);
            case 7 when type.IsExact && (!GoesOn(type.Rows) || IsBold):
                return Declares(Node.Of(type, "Rank", $"Rank({x})", 60));
            case 8 when PickOf(TokensOfRows.Where(s => TypeOf(s).IsExact && s.Bound < 8
                && !GoesOn(TypeOf(s).Rows) && !GoesOn(type.Rows))) is { } index:
                return Declares(Node.Of(type with { Rows = TypeOf(index).Rows }, "Gather", $"Gather({x}, {index})", x.Bound));
            default:
                return false;
        }
    }

    private bool DrawWindows(Symbol x)
    {
        TokensType type = TypeOf(x);
        if (!MayBeNamed(type.Rows)) return false;
        int kernel = 1 + draft.Below(4), stride = 1 + draft.Below(3), padding = draft.Below(kernel), dilation = draft.Chance(0.3) ? 2 : 1;
        int kind = draft.Below(3);
        if (kind < 2) dilation = 1;
        NodeText space = $"Windowed({type.Rows.Expression}, {kernel}, {stride}, {padding}";
        Rows windows =
            Derived(type.Rows, "Windowed", dilation == 1 ? space.Then($")") : space.Then($", {dilation})"), LongestOf(type.Rows)
            + (2 * padding) + 1);
        if (kind < 2)
        {
            string op = kind == 0 ? "WindowMax" : "WindowMean";
            NodeText text = padding == 0 ? (NodeText)$"{op}({x}, {kernel}, {stride})" : $"{op}({x}, {kernel}, {stride}, {padding})";
            return Declares(Node.Of(type with { Rows = windows, IsExact = false }, op, text, x.Bound));
        }
        if (ValueOf(type.Width) * kernel > 2 * MostFeatures) return false;
        Size outputs = Width();
        NodeText arguments = $"{type.Width}, {outputs}, {kernel}, {stride}, {padding}, {dilation}";
        Field convolution = Field("convolution", "Convolution", draft.Chance(0.3) ? arguments.Then($", bias: false") : arguments);
        return Declares(Node.Of(new TokensType(windows, outputs), "Convolution", $"{convolution}[{x}]", (1.2 * x.Bound) + 0.5));
    }

    private bool DrawRotary(Symbol x)
    {
        Rows rows = TypeOf(x).Rows;
        Size half = Size.Of(draft.Count(1 + draft.Below(5), "half")), all = draft.Pick(heads);
        Size headDim = Size.Of(2) * half;
        if (draft.Chance(0.3)) headDim += Size.Of(1 + draft.Below(3));
        if (ValueOf(all * headDim) > MostFeatures) return false;
        Symbol y = Fitting(x, all * headDim);
        double theta = draft.Pick([10000.0, 500.0]);
        var type = new TokensType(rows, half);
        Size dims = Size.Of(2) * half;
        Node float16 = draft.Chance(0.3) ? Optional("Rotary: float16", $", float16: true") : Optional("");
        Symbol cos = Declare(Node.Of(type, "RotaryCos", $"RotaryCos({rows.Expression}, {dims}, {theta}{float16})"));
        Symbol sin = Declare(Node.Of(type, "RotarySin", $"RotarySin({rows.Expression}, {dims}, {theta}{float16})"));
        bool isInterleaved = draft.Chance(0.5);
        return Declares(Node.Of(
            TypeOf(y), isInterleaved ? "Rotate pairs" : "Rotate halves",
            isInterleaved ? (NodeText)$"Rotate({y}, {cos}, {sin}, {all}, interleaved: true)" : $"Rotate({y}, {cos}, {sin}, {all})",
                y.Bound * 1.5));
    }
}
