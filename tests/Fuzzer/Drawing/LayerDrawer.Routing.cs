using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

internal sealed partial class LayerDrawer
{
    /// <summary>A mixture of experts, whose choice follows from exact values: which expert is greater no rounding shall decide.</summary>
    private bool DrawRouting()
    {
        if (isStage || PickOf(TokensOfRows.Where(s => TypeOf(s).IsExact && ValueOf(TypeOf(s).Width) > 1)) is not { } router) return false;
        Rows rows = TypeOf(router).Rows;
        if (PickOf(TokensOfRows.Where(s => TypeOf(s).Rows == rows)) is not { } x || LongestOf(rows) * 3 > MostRowsOfASequence * 2)
            return false;
        Size count = TypeOf(router).Width, inputs = TypeOf(x).Width, outputs = Width(48);
        int k = 1 + draft.Below(Math.Min(3, ValueOf(count)));
        var chosen = Size.Of(draft.Count(k, "chosen"));
        draft.Constraints.Add(new Constraint(chosen, Most: count));
        Symbol gates = new(draft.Name("gates"), new TokensType(rows, chosen, true), 2),
            experts = new(draft.Name("experts"), new TokensType(rows, chosen, true), 8);
        block.Add(new Declare([gates, experts], Node.Of(new FixedType("(Tokens, Tokens)"), "TopK", $"TopK({router}, {chosen})")));
        symbols.Add(gates);
        symbols.Add(experts);

        Rows slots = Derived(rows, "lengths: multiplied", $"{rows.Expression}.WithLengths({rows.Expression}.Lengths * {chosen})",
            LongestOf(rows) * k);
        multiples[slots] = (rows, chosen);
        Symbol r = new(draft.Name("r"), new FixedType("Row")), f = new(draft.Name("f"), new IntegerType(inputs));
        Binder row = new(r), feature = new(f);
        Symbol slot = Declare(Node.Of(
            new TokensType(slots, inputs, TypeOf(x).IsExact), "Each over other lengths",
            $"Each({slots.Expression}, {inputs}, ({row}, {feature}) => {x}[{r}, {r} / {chosen}, {f}])", x.Bound));
        Symbol expert = Declare(Node.Of(
            new TokensType(slots, Size.One, true), "Each over other lengths",
            $"Each({slots.Expression}, 1, ({row}, {feature}) => {experts}[{r}, {r} / {chosen}, {r} % {chosen}])", 8));

        Symbol y = Declare(Bank(slot, expert, count, outputs));
        if (draft.Chance(0.5))
            y = Declare(Node.Of(TypeOf(y), "*", $"(Silu({y}) * {Bank(slot, expert, count, outputs)})", y.Bound * y.Bound));
        if (draft.Chance(0.3)) y = Declare(Bank(y, expert, count, outputs = Width(48)));
        Symbol t = new(draft.Name("t"), new FixedType("Row")), g = new(draft.Name("f"), new IntegerType(outputs)),
            s = new(draft.Name("s"), new IntegerType(chosen));
        (Binder outer, Binder column, Binder choice) = (new(t), new(g), new(s));
        NodeText text = $"Each({rows.Expression}, {outputs}, ({outer}, {column}) => ";
        return Declares(Node.Of(
            new TokensType(rows, outputs), "Each",
            text.Then($"Sum({chosen}, {choice} => {gates}[{t}, {s}] * {y}[{t}, {t} * {chosen} + {s}, {g}]))"), 2 * k * y.Bound));
    }

    private Node Bank(Symbol x, Symbol expert, Size count, Size outputs)
    {
        string options = draft.Pick(["", ", bias: false", ", transposed: true"]);
        bool isOfOneEach = draft.Chance(0.5);
        string attribute = isOfOneEach ? $"[Weight(\"{draft.Name("experts")}.{{e}}\")] " : "";
        Field bank = Field("bank", "LinearBank", $"{count}, {TypeOf(x).Width}, {outputs}{options}", attribute);
        return Node.Of(
            new TokensType(TypeOf(x).Rows, outputs), isOfOneEach ? "LinearBank of a tensor each" : "LinearBank", $"{bank}[{x}, {expert}]",
            (1.2 * x.Bound) + 0.5);
    }
}
