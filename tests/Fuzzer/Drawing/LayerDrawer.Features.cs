using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

// Products, norms, and what changes features alone.
internal sealed partial class LayerDrawer
{
    private Node Linear(Node x, Size outputs)
    {
        Size inputs = TypeOf(x).Width;
        string options = draft.Pick(["", "", ", bias: false", ", transposed: true", ", bias: false, transposed: true"]);
        string op = options.Contains("transposed", StringComparison.Ordinal) ? "Linear transposed" : options.Length > 0
            ? "Linear without bias" : "Linear";
        return Node.Of(
            new TokensType(TypeOf(x).Rows, outputs), op, $"{Field("linear", "Linear", $"{inputs}, {outputs}{options}")}[{x}]",
                (1.2 * x.Bound) + 0.5);
    }

    /// <summary>One product, or several of one input.</summary>
    private bool DrawLinears()
    {
        if (PickOf(Tokens) is not { } x) return false;
        for (int count = draft.Chance(0.4) ? 2 + draft.Below(2) : 1; count > 0; count--) Declare(Linear(Node.Of(x), Width()));
        return true;
    }

    private bool DrawNorm()
    {
        if (PickOf(Tokens) is not { } x) return false;
        TokensType type = TypeOf(x) with { IsExact = false };
        int kind = draft.Below(type.Rows.IsTable || type.Rows.Kind == RowsKind.Sequences || GoesOn(type.Rows) ? 4 : 5);
        Field norm = kind switch
        {
            0 or 1 => Field("norm", "LayerNorm", draft.Chance(0.3) ? (NodeText)$"{type.Width}, 0.001, bias: false" : $"{type.Width}"),
            2 => Field("norm", "RmsNorm", draft.Chance(0.3) ? (NodeText)$"{type.Width}, unitOffset: true" : $"{type.Width}"),
            3 => Field("norm", "BatchNorm", $"{type.Width}"),
            _ => Field("norm", "GroupNorm", $"{Groups(type.Width)}, {type.Width}, 0.01"),
        };
        return Declares(Node.Of(type, norm.TypeName, $"{norm}[{x}]", norm.TypeName == "BatchNorm" ? 2 * x.Bound : 4));
    }

    private bool DrawReduction()
    {
        if (PickOf(Tokens) is not { } x) return false;
        TokensType type = TypeOf(x);
        Size groups = draft.Chance(0.5) ? Size.One : Groups(type.Width);
        string op = draft.Pick(["Sum", "Mean", "Max"]);
        double bound = op == "Sum" ? x.Bound * Math.Max(1, Math.Sqrt(ValueOf(type.Width))) : x.Bound;
        NodeText text = groups.IsOne ? (NodeText)$"{op}({x})" : $"{op}({x}, groups: {groups})";
        return Declares(Node.Of(new TokensType(type.Rows, groups, type.IsExact && op == "Max"), groups.IsOne ? op : op + " of groups",
            text, bound));
    }

    /// <summary>A number that divides a width: a factor of it, or one that happens to.</summary>
    private Size Groups(Size width)
    {
        foreach (Size factor in widths.Concat(heads).OrderBy(_ => draft.Random.Next()))
            if (width.DividedBy(factor) is not null) return factor;
        if (isStage) return Size.One;
        int[] divisors = [.. Enumerable.Range(1, 8).Where(n => ValueOf(width) % n == 0)];
        var groups = Size.Of(draft.Count(draft.Pick(divisors), "groups"));
        draft.Constraints.Add(new Constraint(width, Divisor: groups));
        return groups;
    }

    private bool DrawFeatures() => draft.Below(3) switch { 0 => DrawConcat(), 1 => DrawSplit(), _ => DrawSlice() };

    private bool DrawConcat()
    {
        if (PickOf(TokensOfRows) is not { } first) return false;
        Rows rows = TypeOf(first).Rows;
        Symbol[] others = [.. Tokens.Where(s => IsBeside(TypeOf(s).Rows, rows))];
        Symbol second = draft.Pick(others), third = draft.Pick(others);
        Size width = TypeOf(first).Width + TypeOf(second).Width;
        bool isThree = draft.Chance(0.3);
        if (isThree) width += TypeOf(third).Width;
        if (ValueOf(width) > MostFeatures) return false;
        bool isExact = TypeOf(first).IsExact && TypeOf(second).IsExact && !isThree;
        NodeText text = isThree ? (NodeText)$"Concat({first}, {second}, {third})" : $"Concat({first}, {second})";
        return Declares(Node.Of(new TokensType(rows, width, isExact), "Concat", text,
            Math.Max(first.Bound, Math.Max(second.Bound, isThree ? third.Bound : 0))));
    }

    private bool DrawSlice()
    {
        if (isStage || PickOf(Tokens) is not { } x) return false;
        (Rows rows, Size width, bool isExact) = TypeOf(x);
        Size[] narrower = [.. widths.Concat(heads).Where(w => ValueOf(w) <= ValueOf(width) && !w.Equals(width))];
        if (narrower.Length == 0) return false;
        Size count = draft.Pick(narrower);
        int rest = ValueOf(width) - ValueOf(count);
        var start = Size.Of(draft.Count(draft.Below(rest + 1), "start"));
        draft.Constraints.Add(new Constraint(start + count, Most: width));
        return Declares(Node.Of(new TokensType(rows, count, isExact), "Slice", $"Slice({x}, {start}, {count})", x.Bound));
    }

    private bool DrawSplit()
    {
        Symbol[] fitting = [.. Tokens.Where(s => PartOf(s) is not null)];
        if (fitting.Length == 0)
        {
            if (PickOf(Tokens) is not { } wide || ValueOf(TypeOf(wide).Width) > MostFeatures / 3) return false;
            Size width = Size.Of(2 + draft.Below(2)) * TypeOf(wide).Width;
            fitting = [Declare(Linear(Node.Of(wide), width))];
        }
        Symbol x = draft.Pick(fitting);
        (int parts, Size part) = PartOf(x)!.Value;
        Symbol[] targets =
            [.. Enumerable.Range(0, parts).Select(_ => new Symbol(draft.Name("v"), TypeOf(x) with { Width = part }, x.Bound))];
        NodeText text = draft.Chance(0.5) ? (NodeText)$"Split({x}, {parts})" : parts == 2 ? (NodeText)$"Split({x}, {part}, {part})"
            : $"Split({x}, {part}, {part}, {part})";
        block.Add(new Declare([.. targets], Node.Of(new FixedType("Parts"), "Split", text)));
        symbols.AddRange(targets);
        return true;
    }

    private static (int Parts, Size Part)? PartOf(Symbol x)
    {
        foreach (int parts in (int[])[3, 2])
            if (TypeOf(x).Width.DividedBy(Size.Of(parts)) is { } part) return (parts, part);
        return null;
    }
}
