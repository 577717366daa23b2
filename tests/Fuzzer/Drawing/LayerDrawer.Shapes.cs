using System.Collections.Immutable;
using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

// Loops and branches that give a value other rows, or another width, from pass to pass and from arm to arm.
internal sealed partial class LayerDrawer
{
    /// <summary>Whether widths differ from pass to pass, so that what divides one need not divide another.</summary>
    private bool isStage;

    private bool DrawShapes()
    {
        if (PickOf(TokensOfRows.Where(s => TypeOf(s).Rows.Kind != RowsKind.Sequences)) is not { } x) return false;
        bool mayChangeRows = !GoesOn(TypeOf(x).Rows) || IsBold;
        return draft.Below(5) switch
        {
            0 => DrawWidening(x),
            1 when mayChangeRows => DrawShortening(x),
            2 => DrawBranchOfShapes(x, mayChangeRows),
            _ => nesting < 2 && DrawStages(x, mayChangeRows),
        };
    }

    /// <summary>Features that are put beside in each pass.</summary>
    private bool DrawWidening(Symbol x)
    {
        TokensType type = TypeOf(x) with { IsExact = false };
        Symbol[] others = [.. Tokens.Where(s => ReferenceEquals(TypeOf(s).Rows, type.Rows))];
        Symbol y = draft.Pick(others);
        HyperParameter depth = draft.Count(draft.Below(4), "depth");
        Size width = type.Width + (Size.Of(depth) * TypeOf(y).Width);
        if (ValueOf(width) > MostFeatures) return false;
        Symbol v = Declare(Function(Node.Of(x)));
        symbols.Remove(v);
        block.Add(Loop(depth, _ => [new Assign(v, Node.Of(type, "loop that widens", $"Concat({v}, {y})"))]));
        return Declares(Node.Of(type with { Width = width }, "", $"{v}", Math.Max(v.Bound, y.Bound)));
    }

    /// <summary>Rows that become fewer in each pass.</summary>
    private bool DrawShortening(Symbol x)
    {
        TokensType type = TypeOf(x) with { IsExact = false };
        HyperParameter depth = draft.Count(draft.Below(4), "depth");
        Symbol v = Declare(Function(Node.Of(x)));
        symbols.Remove(v);
        block.Add(Loop(depth, _ => [new Assign(v, Fewer(v, type, "loop that shortens")), .. Placed(v, type)]));
        DeclareOf(v, type.Rows, type.Width, v.Bound);
        return true;
    }

    private For Loop(HyperParameter depth, Func<Symbol, ImmutableArray<Statement>> body)
    {
        var index = new Symbol(draft.Name("i"), new FixedType("int"));
        return new For(index, Node.Of(new FixedType("int"), "for", $"{depth}"), body(index));
    }

    /// <summary>What a table says of positions, which the host computes anew in each pass.</summary>
    private ImmutableArray<Statement> Placed(Symbol v, TokensType type)
    {
        if (draft.Chance(0.6)) return [];
        Size count = Size.Of(draft.Count(2 + draft.Below(9), "vocabulary"));
        Field table = Field("embedding", "Embedding", $"{count}, {type.Width}");
        return [new Assign(v, Node.Of(v.Type, "positions by pass", $"(0.5 * {v} + {table}[{v}.Positions % {count}])"))];
    }

    private Node Fewer(Symbol v, TokensType type, string op)
    {
        if (draft.Chance(0.4)) return Node.Of(type, op, $"WindowMean({v}, {2 + draft.Below(2)}, 2)");
        (Symbol t, Symbol f) = (new(draft.Name("t"), new FixedType("Row")), new(draft.Name("f"), new IntegerType(type.Width)));
        (Binder row, Binder feature) = (new(t), new(f));
        NodeText text = $"Each({v}.Rows.WithLengths(({v}.Rows.Lengths + {draft.Below(2)}) / 2), {v}.Features, ({row}, {feature}) => ";
        return Node.Of(type, op, text.Then($"0.5 * {v}[{t}, 2 * {t}, {f}] + 0.5 * {v}[{t}, 2 * {t} + 1, {f}])"));
    }

    /// <summary>A value whose rows are said by itself alone, for a loop or a branch has chosen them.</summary>
    private Symbol DeclareOf(Symbol v, Rows before, Size width, double bound)
    {
        var rows = new Rows(RowsKind.Derived, before.Family);
        Symbol chosen = Declare(Node.Of(new TokensType(rows, width), "rows that a loop or branch chose", $"{v}", bound));
        rows.Expression = Node.Of(new RowSpaceType(rows), "", $"{chosen}.Rows");
        longest[rows] = LongestOf(before);
        spaces.Add(rows);
        return chosen;
    }

    /// <summary>Arms that give a value other widths, and other rows.</summary>
    private bool DrawBranchOfShapes(Symbol x, bool mayChangeRows)
    {
        TokensType type = TypeOf(x) with { IsExact = false };
        Symbol v = Declare(Function(Node.Of(x)));
        symbols.Remove(v);
        Size then = Width(), otherwise = draft.Chance(0.5) ? Width() : type.Width, after = Width();
        Node condition = Condition();
        bool changesRows = mayChangeRows && draft.Chance(0.5);
        Node shorter = changesRows ? Fewer(v, type, "branch that shortens") : Node.Of(v);
        ImmutableArray<Statement> whenFalse = otherwise.Equals(type.Width) ? [] : [new Assign(v, AsIf(Linear(Node.Of(v), otherwise), v))];
        block.Add(new If(condition, [new Assign(v, AsIf(Linear(shorter, then), v))], whenFalse));
        // How wide it is now, the same condition says.
        Field linear = Field("linear", "Linear", $"{condition} ? {then} : {otherwise}, {after}");
        double bound = (2 * v.Bound) + 1;
        if (!changesRows) return Declares(Node.Of(type with { Width = after }, "branch of two widths", $"{linear}[{v}]", bound));
        Symbol product = Declare(Node.Of(v.Type, "branch of two widths", $"{linear}[{v}]"));
        symbols.Remove(product);
        DeclareOf(product, type.Rows, after, bound);
        return true;
    }

    /// <summary>An assignment's value: of what type the local is, its declaration says, whatever becomes of it.</summary>
    private static Node AsIf(Node value, Symbol v) => new(v.Type, value.Op, value.Parts, value.Bound);

    /// <summary>A stack of layers, each of which takes as many features as the one before it gives, and may merge rows.</summary>
    private bool DrawStages(Symbol x, bool mayChangeRows)
    {
        TokensType type = TypeOf(x) with { IsExact = false };
        HyperParameter depth = draft.Count(draft.Below(4), "depth");
        int most = ValueOf(Size.Of(depth)) + 1;
        if (ValueOf(type.Width) * most > MostFeatures) return false;
        HyperParameter inputs = draft.Given(ValueOf(type.Width) * most), outputs = draft.Given(ValueOf(type.Width) * most);
        bool changesRows = mayChangeRows && draft.Chance(0.6);
        var drawer = new LayerDrawer(draft, nesting + 1) { isStage = true, outerLater = GoesOn };
        drawer.heads.AddRange(heads);
        Layer stage = drawer.DrawStage(type with { Width = Size.Of(inputs) }, Size.Of(outputs), changesRows);
        draft.Layers.Add(stage);

        var given = ImmutableDictionary<HyperParameter, ImmutableArray<object>>.Empty
            .Add(inputs, ((NodeText)$"{type.Width} * (n + 1)").Parts).Add(outputs, ((NodeText)$"{type.Width} * (n + 2)").Parts);
        Field layers = Field("stages", $"Layers<{stage.Name}>", $"{depth}, n => new {new Construction(stage.Name, given, IsNamed: true)}");
        Symbol v = Declare(Function(Node.Of(x)));
        symbols.Remove(v);
        if (draft.Chance(0.5))
        {
            Symbol item = new(draft.Name("stage"), new FixedType(stage.Name));
            block.Add(new Foreach(item, layers, [new Assign(v, Node.Of(v.Type, "stages by foreach", $"{item}.Forward({v})"))]));
        }
        else
        {
            block.Add(Loop(depth, index => [new Assign(v, Node.Of(v.Type, "stages by index", $"{layers}[{index}].Forward({v})"))]));
        }
        Size width = type.Width + (Size.Of(depth) * type.Width);
        if (!changesRows) return Declares(Node.Of(type with { Width = width }, "", $"{v}", 4));
        DeclareOf(v, type.Rows, width, 4);
        return true;
    }

    private Layer DrawStage(TokensType given, Size outputs, bool changesRows)
    {
        var rows = new Rows(RowsKind.Input, new object());
        longest[rows] = Batch.LongestSequence;
        if (outerLater(given.Rows)) later.Add(rows.Family!);
        var x = new Symbol(draft.Name("x"), given with { Rows = rows }, 4);
        rows.Expression = Node.Of(new RowSpaceType(rows), "", $"{x}.Rows");
        inputs.Add(x);
        symbols.Add(x);
        widths.Add(given.Width);
        spaces.Add(rows);
        DrawSteps(draft.Below(3));
        Node last = Map(rows, given.Width, 1);
        if (!changesRows) return Whole(Node.Of(TypeOf(x) with { Width = outputs }, "Tanh", $"Tanh({Linear(last, outputs)})"));
        Symbol y = Declare(Node.Of(TypeOf(x), "Tanh", $"Tanh({last})"));
        if (draft.Chance(0.5))
        {
            (int kernel, int stride, int padding) = (1 + draft.Below(3), 1 + draft.Below(2), draft.Below(2));
            Field convolution = Field("convolution", "Convolution", $"{given.Width}, {outputs}, {kernel}, {stride}, {padding}");
            return Whole(Node.Of(TypeOf(x) with { Width = outputs }, "Convolution", $"Tanh({convolution}[{y}])"));
        }
        Node fewer = Fewer(y, TypeOf(y), "stage that shortens");
        return Whole(Node.Of(TypeOf(x) with { Width = outputs }, "Tanh", $"Tanh({Linear(fewer, outputs)})"));

        Layer Whole(Node result) => new(draft.Name("Stage"), [.. inputs], [.. block], [result]);
    }
}
