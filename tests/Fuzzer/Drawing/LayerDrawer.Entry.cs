using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

internal sealed partial class LayerDrawer
{
    private readonly List<Symbol> anchors = [];

    /// <summary>A whole layer: inputs of one batch or two, some steps, and results.</summary>
    /// <param name="isIncremental">Whether rows of the last batch go on from run to run.</param>
    public static Layer DrawRoot(Draft draft, bool isIncremental)
    {
        var drawer = new LayerDrawer(draft, nesting: 0);
        drawer.DrawSizes();
        int families = draft.Chance(0.25) ? 2 : 1;
        for (int i = 0; i < families; i++) drawer.DrawInputs();
        if (isIncremental)
        {
            draft.GoesOn = drawer.spaces[^1];
            drawer.later.Add(draft.GoesOn.Family!);
            if (draft.Chance(0.3)) draft.Chunk = 2 + draft.Below(8);
        }
        drawer.DrawSteps(2 + draft.Below(9));
        Symbol[] results = drawer.Results();
        if (isIncremental) results = drawer.LaterResults(results);
        var drawn = new Layer("Root", [.. drawer.inputs], [.. drawer.block], []);
        // What says how wide an input is, and whose rows it has, has to be there.
        foreach (Symbol anchor in drawer.anchors.Where(a => !isIncremental || drawer.GoesOn(TypeOf(a).Rows)))
            if (!Tidy.Up(drawn with { Results = [.. results.Select(Node.Of)] }).Statements.SelectMany(Tidy.DeclaredBy).Contains(anchor))
                results = [.. results, anchor];
        return drawn with { Results = [.. results.Select(Node.Of)] };
    }

    private void DrawSizes()
    {
        for (int i = 1 + draft.Below(2); i > 0; i--) heads.Add(Size.Of(draft.Count(1 + draft.Below(4), "heads")));
        Size headDim = Size.Of(draft.Count(draft.Pick([1, 2, 3, 4, 8, 16, 17]), "d"));
        widths.Add(heads[0] * headDim);
        for (int i = 1 + draft.Below(3); i > 0; i--) widths.Add(Size.Of(draft.Count(draft.OddSize(draft.Chance(0.3) ? 64 : 33))));
    }

    /// <summary>Inputs that have the same rows.</summary>
    private void DrawInputs()
    {
        var rows = new Rows(RowsKind.Input, new object());
        spaces.Add(rows);
        int first = inputs.Count;
        if (draft.Chance(0.85)) AddInput(new Symbol(draft.Name("x"), new TokensType(rows, draft.Pick(widths)), 2));
        if (draft.Chance(0.3)) AddInput(new Symbol(draft.Name("e"), new TokensType(rows, draft.Pick(widths), IsExact: true), 2));
        if (inputs.Count == first || draft.Chance(0.35))
        {
            Size below = Size.Of(draft.Count(2 + draft.Below(20), "vocabulary"));
            AddInput(new Symbol(draft.Name("ids"), new IntegersType(rows, below, IsTokenIds: draft.Chance(0.5))));
        }
        Symbol named = inputs[first];
        rows.Expression = Node.Of(new RowSpaceType(rows), "", $"{named}.Rows");
        Symbol[] tokens = [.. inputs.Skip(first).Where(input => input.Type is TokensType)];
        foreach (Symbol input in tokens) anchors.Add(Anchor(input));
        // Inputs have the same rows where they are used row by row.
        if (tokens.Length == 0) return;
        Node all = Node.Of(tokens[0]);
        foreach (Symbol other in inputs.Skip(first + 1))
        {
            Node part = other.Type is IntegersType { Below: { } count }
                ? Node.Of(new TokensType(rows, Size.One), "Embedding", $"{Field("embedding", "Embedding", $"{count}, 1")}[{other}]")
                : Node.Of(new TokensType(rows, Size.One), "Mean", $"Mean({other})");
            all = Node.Of(TypeOf(all) with { IsExact = false }, "+", $"({all} + {part})", all.Bound + 1);
        }
        if (inputs.Count > first + 1) anchors.Add(Declare(all));

        void AddInput(Symbol input)
        {
            inputs.Add(input);
            symbols.Add(input);
        }
    }

    /// <summary>A use of an input that says how wide it is: a layer is run on its own only where that is known.</summary>
    private Symbol Anchor(Symbol input)
    {
        Node x = Node.Of(input), scale = RowParameter(TypeOf(input).Width);
        // A parameter of one feature goes with every width.
        return Declare((ValueOf(TypeOf(input).Width) == 1 ? 0 : draft.Below(3)) switch
        {
            0 => Linear(x, Width()),
            1 => Node.Of(TypeOf(input) with { IsExact = false }, "LayerNorm",
                $"{Field("norm", "LayerNorm", $"{TypeOf(input).Width}")}[{x}]", 4),
            _ => Node.Of(TypeOf(input) with { IsExact = false }, "*", $"({x} * {scale})", 2),
        });
    }

    /// <summary>What nothing else has used, from the last on, so that little is drawn for nothing.</summary>
    private Symbol[] Results()
    {
        HashSet<Symbol> used =
            [.. Layer.StatementsOf([.. block]).SelectMany(s => Tidy.ReadBy(s).Where(read => (s as Assign)?.Target != read))];
        Symbol[] unused = [.. Tokens.Reverse().Where(s => !used.Contains(s) && !inputs.Contains(s) && !TypeOf(s).Rows.IsTable)];
        Symbol[] results = [.. unused.Take(1 + draft.Below(3))];
        if (results.Length > 0) return results;
        if (Tokens.LastOrDefault(s => !inputs.Contains(s) && !TypeOf(s).Rows.IsTable) is { } last) return [last];
        // No step has made a value of rows yet.
        while (!DrawLookup()) Step();
        return [Tokens.Last()];
    }
}
