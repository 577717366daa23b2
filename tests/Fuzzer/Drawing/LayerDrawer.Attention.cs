using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

internal sealed partial class LayerDrawer
{
    private readonly List<Size> heads = [];

    private bool DrawAttention()
    {
        if (PickOf(TokensOfRows) is not { } x
            || PickOf(TokensOfRows.Where(s => (draft.Chance(0.3) || TypeOf(s).Rows == TypeOf(x).Rows)
                && MayAttend(TypeOf(x).Rows, TypeOf(s).Rows))) is not { } y) return false;
        Size shared = draft.Pick(heads), repeats = draft.Chance(0.3) ? Size.Of(draft.Count(2, "repeats")) : Size.One;
        Size all = repeats * shared, headDim = Size.Of(draft.Count(draft.Pick([1, 2, 3, 4, 8, 16, 17]), "headDim"));
        Size valueDim = draft.Chance(0.2) ? Size.Of(draft.Count(draft.Pick([1, 3, 5, 8]), "valueDim")) : headDim;
        if (ValueOf(all * headDim) > MostFeatures) return false;

        Symbol q = Fitting(x, all * headDim), k = Fitting(y, shared * headDim), v = Fitting(y, shared * valueDim);
        Rows queries = TypeOf(q).Rows, keys = TypeOf(k).Rows;
        (Symbol i, Symbol j) = (new(draft.Name("i"), new FixedType("Row")), new(draft.Name("j"), new FixedType("Row")));
        var pair = new LambdaScope { Rows = [(i, queries), (j, keys)] };
        bool isSoftmax = draft.Chance(0.85);

        Node score = draft.Chance(0.5) || !isSoftmax ? Score(pair, all, isSoftmax) : Optional("");
        Node mask = GoesOn(keys) ? LaterMask(pair, i, j)
            : draft.Chance(0.55) ? MaskArgument(pair, i, j) : Optional("");
        Node scale = draft.Chance(0.2) ? Optional("Attention: scale", $", scale: {draft.Pick([0.125, 0.3])}") : Optional("");
        Node softmax = isSoftmax ? Optional("") : Optional("Attention: softmax off", $", softmax: false");
        string op = queries == keys ? "Attention"
            : queries.Family != keys.Family ? "Attention: keys of another batch"
            : queries.Kind == RowsKind.Sequences ? "Attention: a query a sequence"
            : keys.Kind == RowsKind.Sequences ? "Attention: a key a sequence" : "Attention: keys of other rows";
        Node grouped = repeats.IsOne ? Optional("") : Optional("Attention: grouped", $", keyValueHeads: {shared}");
        var type = new TokensType(queries, all * valueDim);
        return Declares(Node.Of(type, op, $"Attention({q}, {k}, {v}, {all}{grouped}{scale}{score}{mask}{softmax})",
            v.Bound * (isSoftmax ? 1 : 4)));
    }

    private bool MayAttend(Rows queries, Rows keys) => later.Count == 0 || IsBold
        || (GoesOn(queries) ? (ReferenceEquals(queries, keys) || !GoesOn(keys)) && queries.Kind != RowsKind.Sequences
            && keys.Kind != RowsKind.Sequences : !GoesOn(keys));

    /// <summary>A mask under which no query sees rows to come, or those of its chunk alone, which are brought with it.</summary>
    private Node LaterMask(LambdaScope pair, Symbol i, Symbol j)
    {
        int number = 1 + draft.Below(40);
        (Node value, string kind) = draft.Below(9) switch
        {
            0 or 1 or 2 => (Mask($"{j} <= {i}"), "causal"),
            3 or 4 => (Mask($"{j} <= {i} && {i} - {j} < {number}"), "window"),
            5 => (Mask($"{j} <= {i} && ({j} < {number} || {i} % {number} == {j} % {number})"), "strided"),
            6 => (Mask($"{j} <= {i} && {Truth(pair, 1)}"), "causal and anything"),
            7 when draft.Chunk > 1 => (Mask($"{j} / {draft.Chunk} == {i} / {draft.Chunk}"), "chunks"),
            8 when draft.Chunk > 1 => (Mask($"{j} / {draft.Chunk} <= {i} / {draft.Chunk}"), "chunks so far"),
            _ => (Mask($"{i} >= {j} && {j} / {number} == {i} / {number}"), "causal in chunks"),
        };
        return Optional("Attention: mask " + kind + ", later rows", $", mask: ({new Binder(i)}, {new Binder(j)}) => {value}");
    }

    /// <summary>The value itself where it has this width and chance will have it, or its product.</summary>
    private Symbol Fitting(Symbol x, Size width)
    {
        Symbol? same = PickOf(TokensOfRows.Where(s => ReferenceEquals(TypeOf(s).Rows, TypeOf(x).Rows) && TypeOf(s).Width.Equals(width)));
        return same is not null && draft.Chance(0.4) ? same : Declare(Linear(Node.Of(x), width));
    }

    private static Node Optional(string op) => new(new OptionalType(), op, []);

    private static Node Optional(string op, NodeText text) => Node.Of(new OptionalType(), op, text);

    private Node Score(LambdaScope pair, Size all, bool isSoftmax)
    {
        Symbol s = new(draft.Name("s"), new RealType(), 3), h = new(draft.Name("h"), new IntegerType(all));
        LambdaScope scope = pair with { Integers = [h], Reals = [s] };
        (Symbol i, Symbol j) = (pair.Rows[0].Row, pair.Rows[1].Row);
        (Node value, string kind) = draft.Below(6) switch
        {
            0 => (Node.Of(new RealType(), "", $"(3.0 * Tanh({s} / 3.0))"), "capped"),
            1 => (Node.Of(new RealType(), "", $"({s} - {Field("slopes", "Parameter", $"{all}")}[{h}] * (0.1 * Abs({i} - {j})))"), "slopes"),
            2 => (Node.Of(new RealType(), "", $"({s} + {TableElement(scope, isExact: false)})"), "with a table"),
            3 => (Node.Of(new RealType(), "", $"({s} + {Fold(scope, 1)})"), "with a fold"),
            4 when AtRow(scope, isExact: false) is { } read => (Node.Of(new RealType(), "", $"({s} + {read})"), "with a row"),
            _ => (Real(scope, 1 + draft.Below(2)), "of anything"),
        };
        if (!isSoftmax) value = Node.Of(new RealType(), "", $"(0.0625 * {value})");
        return Optional(
            "Attention: score " + kind, $", score: ({new Binder(s)}, {new Binder(i)}, {new Binder(j)}, {new Binder(h)}) => {value}");
    }

    private Node MaskArgument(LambdaScope pair, Symbol i, Symbol j)
    {
        int number = 1 + draft.Below(9);
        HyperParameter flag = draft.Flag();
        (Node value, string kind) = draft.Below(14) switch
        {
            0 or 1 => (Mask($"{j} <= {i}"), "causal"),
            2 => (Mask($"{j} <= {i} && {i} - {j} < {number}"), "window"),
            3 => (Mask($"Abs({i} - {j}) <= {number}"), "window on both sides"),
            4 => (Mask($"{j} / {number} == {i} / {number}"), "chunks"),
            5 => (Mask($"{j} < {number} || {i} % {number} == {j} % {number}"), "strided"),
            6 when symbols.Find(s => RowsOfIds(s) == pair.Rows[0].Rows) is { } ids && pair.Rows[0].Rows == pair.Rows[1].Rows
                => (Mask($"{ids}[{i}] == {ids}[{j}]"), "equal integers"),
            7 or 13 => (Truth(pair, 1), "of anything"),
            9 => (Mask($"{j} < {number} || {j} <= {i}"), "prefix"),
            10 => (Mask($"{flag} ? true : {j} >= {Length(pair)} - {number}"), "of a flag"),
            11 => (Mask($"!({i} - {j} > {number} && {j} > 0)"), "negated"),
            12 => (Mask($"{i} % 2 == 0 ? {j} <= {i} : {j} >= {i}"), "chosen by a row"),
            8 => (Mask($"{j} < {Length(pair)} / 2"), "of a length"),
            _ => (Mask($"{j} >= {i}"), "backwards"),
        };
        return Optional("Attention: mask " + kind, $", mask: ({new Binder(i)}, {new Binder(j)}) => {value}");
    }

    private static Node Mask(NodeText text) => Node.Of(new TruthType(), "", text);
}
