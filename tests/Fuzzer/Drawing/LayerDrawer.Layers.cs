using System.Collections.Immutable;
using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

// Inner layers, loops and branches.
internal sealed partial class LayerDrawer
{
    private Func<Rows, bool> outerLater = _ => false;

    /// <summary>A layer that stands in others: it takes these, and gives a value like the first.</summary>
    private Layer DrawInner(params TokensType[] given)
    {
        var families = new Dictionary<Rows, Rows>();
        foreach (TokensType type in given)
        {
            var input = new Symbol(draft.Name("x"), type with { Rows = Own(type.Rows) }, type.Rows.IsTable ? 1 : 4);
            inputs.Add(input);
            symbols.Add(input);
            widths.Add(type.Width);
            if (TypeOf(input).Rows.Expression is null)
                TypeOf(input).Rows.Expression = Node.Of(new RowSpaceType(TypeOf(input).Rows), "", $"{input}.Rows");
        }
        spaces.AddRange(families.Values);
        TokensType result = TypeOf(inputs[0]) with { IsExact = false };
        // That two inputs have the same rows is known from where they meet row by row: before anything else.
        Symbol? together = inputs.Count > 1 && TypeOf(inputs[1]).Rows == result.Rows
            ? Declare(Node.Of(result, "+", $"({inputs[0]} + Mean({inputs[1]}))", inputs[0].Bound + inputs[1].Bound)) : null;
        DrawSteps(1 + draft.Below(4));
        Node last = Map(result.Rows, result.Width, 1 + draft.Below(2)), x = Node.Of(inputs[0]);
        if (together is not null) last = Node.Of(result, "+", $"({last} + {together})", last.Bound + together.Bound);
        Node value = draft.Below(3) switch
        {
            0 => Node.Of(result, "Tanh", $"Tanh({last})"),
            1 => Node.Of(result, "+", $"(0.5 * {x} + Tanh({last}))"),
            _ => Node.Of(result, "LayerNorm", $"{Field("norm", "LayerNorm", $"{result.Width}")}[({x} + {last})]"),
        };
        return new Layer(draft.Name("Inner"), [.. inputs], [.. block], [value]);

        Rows Own(Rows rows)
        {
            if (rows.IsTable) return rows;
            if (families.TryGetValue(rows, out Rows? own)) return own;
            longest[own = families[rows] = new Rows(RowsKind.Input, new object())] = Batch.LongestSequence;
            if (outerLater(rows)) later.Add(own.Family!);
            return own;
        }
    }

    private bool DrawLayers()
    {
        if (PickOf(TokensOfRows.Where(s => TypeOf(s).Rows.Kind != RowsKind.Sequences)) is not { } x) return false;
        Symbol[] rows =
            [.. TokensOfRows.Where(s => TypeOf(s).Rows.Kind != RowsKind.Sequences && MayAttend(TypeOf(x).Rows, TypeOf(s).Rows))];
        Symbol? beside = draft.Chance(0.2) ? HandedTable() : draft.Chance(0.4) ? PickOf(rows) : null;
        TokensType type = TypeOf(x) with { IsExact = false };
        var drawer = new LayerDrawer(draft, nesting + 1);
        drawer.heads.AddRange(heads);
        drawer.outerLater = GoesOn;
        Layer inner = beside is null ? drawer.DrawInner(type) : drawer.DrawInner(type, TypeOf(beside));
        draft.Layers.Add(inner);
        if (draft.Chance(0.25) && beside is null)
        {
            inner = draft.Layers[^1] = inner with { IsIndexer = true };
            var plain = new Construction(inner.Name, ImmutableDictionary<HyperParameter, ImmutableArray<object>>.Empty, IsNamed: false);
            return Declares(Node.Of(type, "inner layer by its indexer", $"{Field("inner", inner.Name, $"{plain}")}[{x}]", 4));
        }
        NodeText more = beside is null ? (NodeText)$"" : $", {beside}";
        var innerType = new FixedType(inner.Name);

        int form = draft.Below(4);
        if (form == 0)
        {
            var given = new Construction(inner.Name, ImmutableDictionary<HyperParameter, ImmutableArray<object>>.Empty, IsNamed: false);
            Field one = Field("inner", inner.Name, $"{given}");
            NodeText call = $"{one}.Forward({x}";
            return Declares(Node.Of(type, "inner layer", call.Then(more).Then($")"), 4));
        }

        HyperParameter depth = draft.Count(draft.Pick([0, 1, 2, 3]), "depth");
        Symbol v = Declare(Function(Node.Of(x)));
        Symbol index = new(draft.Name("i"), new FixedType("int"));
        if (form == 1)
        {
            // A loop without layers of its own.
            Node change = Node.Of(type, "loop without layers", $"({v} * Host.Weight({index}) + {Function(Node.Of(v))})");
            block.Add(new For(index, Node.Of(new FixedType("int"), "for", $"{depth}"),
                [new Assign(v, Node.Of(type, "Tanh", $"Tanh({change})"))], draft.Below(2)));
            draft.Layers.Remove(inner);
            return true;
        }
        Field layers = Field("layers", $"Layers<{inner.Name}>", LayersArguments(inner, depth));
        if (form == 2)
        {
            Symbol item = new(draft.Name("layer"), innerType);
            NodeText call = $"{item}.Forward({v}";
            block.Add(new Foreach(item, layers, [new Assign(v, Node.Of(type, "foreach over layers", call.Then(more).Then($")"), 4))]));
            return true;
        }
        NodeText indexed = $"{layers}[{index}].Forward({v}";
        var forward = new Assign(v, Node.Of(type, "layers[i]", indexed.Then(more).Then($")"), 4));
        Node condition = Node.Of(new FixedType("bool"), "if over an index", $"{index} % 2 == {draft.Below(2)}");
        ImmutableArray<Statement> body = draft.Chance(0.4)
            ? [new If(condition, [forward], draft.Chance(0.5) ? [new Assign(v, Node.Of(type, "Tanh", $"Tanh({v})"))] : [])]
            : [forward];
        block.Add(new For(index, Node.Of(new FixedType("int"), "for", $"{depth}"), body, draft.Below(2)));
        return true;
    }

    /// <summary>A table of parameters that another layer reads.</summary>
    private Field HandedTable()
    {
        Rows rows = TableRows(Size.Of(draft.Count(2 + draft.Below(12), "rows")));
        Size width = Width(48);
        return Field("table", new TokensType(rows, width), "Parameter", $"{rows.TableRows!}, {width}");
    }

    private NodeText LayersArguments(Layer inner, HyperParameter depth)
    {
        var given = ImmutableDictionary.CreateBuilder<HyperParameter, ImmutableArray<object>>();
        foreach (HyperParameter flag in inner.Nodes.SelectMany(n => n.Parts).OfType<HyperParameter>().Where(h => h.Kind == HyperKind.Flag))
            if (draft.Chance(0.6)) given[flag] = [draft.Pick(["n % 2 == 0", "n > 0", "n == 1"])];
        return $"{depth}, n => new {new Construction(inner.Name, given.ToImmutable(), IsNamed: true)}";
    }

    private bool DrawBranch()
    {
        if (PickOf(TokensOfRows) is not { } x) return false;
        (Rows rows, Size width, _) = TypeOf(x);
        var type = new TokensType(rows, width);
        if (draft.Chance(0.35))
        {
            Node a = Map(rows, width, 1 + draft.Below(2)), b = Map(rows, width, 1);
            return Declares(Node.Of(type, "?: over hyper-parameters", $"({Condition()} ? {a} : {b})", Math.Max(a.Bound, b.Bound)));
        }
        Symbol v = Declare(Function(Node.Of(x)));
        ImmutableArray<Statement> then = Arm(), otherwise = draft.Chance(0.5) ? Arm() : [];
        block.Add(new If(Condition(), then, otherwise));
        return true;

        ImmutableArray<Statement> Arm() => Block(() =>
        {
            if (draft.Chance(0.6)) DrawSteps(1 + draft.Below(2));
            block.Add(new Assign(v, Node.Of(type, "Tanh", $"Tanh({Map(rows, width, 1)})")));
        });
    }

    private Node Condition()
    {
        HyperParameter flag = draft.Flag();
        // What a constant decides is no branch.
        Size[] unknown = [.. widths.Where(width => width.HyperParameters.Any(h => !h.IsLiteral))];
        return draft.Below(3) switch
        {
            0 when unknown.Length > 0 => Node.Of(new FixedType("bool"), "if over a size", $"{draft.Pick(unknown)} > {draft.OddSize(33)}"),
            1 => Node.Of(new FixedType("bool"), "if over a flag", $"!{flag}"),
            _ => Node.Of(new FixedType("bool"), "if over a flag", $"{flag}"),
        };
    }
}
