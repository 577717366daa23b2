using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

internal sealed partial class GraphBuilder
{
    private Val CallOp(CallExpr c, (string? Name, Val Value)[] arguments) => c.Name switch
    {
        "Sum" when IsFold(arguments) => Fold(FoldKind.Sum, c, arguments),
        "Max" when IsFold(arguments) => Fold(FoldKind.Max, c, arguments),
        "Min" when IsFold(arguments) => Fold(FoldKind.Min, c, arguments),
        "ArgMax" => Fold(FoldKind.ArgMax, c, arguments),
        "Each" => Each(c, arguments),
        "Scan" => Scan(c, arguments),
        "RowSpace.Table" => new Val.SpaceOf(Table(HostSize(new OpArguments(c, arguments, "rows"), "rows", Size.One))),
        "Integers.Max" => Extreme("Max", arguments[0].Value, arguments[1].Value, c),
        "Integers.Min" => Extreme("Min", arguments[0].Value, arguments[1].Value, c),
        "Sum" => Reduce(Reduction.Sum, c, arguments),
        "Mean" => Reduce(Reduction.Mean, c, arguments),
        "Max" when arguments.Length == 1 || arguments.Any(a => a.Name == "groups") => Reduce(Reduction.Max, c, arguments),
        "Concat" => Concat(c, arguments),
        "Split" => Split(c, arguments),
        "Slice" => Slice(c, arguments),
        "Attention" => Attention(c, arguments),
        "Activation" or "Activation.Parse" when arguments is [{ Value: Val.Host host }] => new Val.Host(new Scalar.Fixed(host.Value)),
        "SequenceSum" => Segment(SegmentReduction.Sum, c, arguments),
        "SequenceMean" => Segment(SegmentReduction.Mean, c, arguments),
        "SequenceMax" => Segment(SegmentReduction.Max, c, arguments),
        "SequenceFirst" => Segment(SegmentReduction.First, c, arguments),
        _ when Enum.TryParse(c.Name, out Primitive primitive) && Enum.IsDefined(typeof(Primitive), primitive) => Apply(primitive, c, arguments),
        _ => throw Fail(Rules.UnknownCall, c, $"'{c.Name}' is not an operation that is compiled"),
    };

    /// <summary>A name of the compiler's own, to be replaced by the user's where there is one.</summary>
    private static string OwnName(string op) => "~" + char.ToLowerInvariant(op[0]) + op.Substring(1);

    /// <summary>The same for what a field reads: <c>inputOfQuery</c>. Names are words of the generated code.</summary>
    private static string OwnName(string role, FieldSpec of) => $"~{role}Of{BackEnds.ProgramNames.Pascal(of.Name)}";

    private static bool IsFold((string? Name, Val Value)[] arguments) => arguments.Length == 2 && arguments[1].Value is Val.Lambda;

    private Val Apply(Primitive primitive, CallExpr c, (string? Name, Val Value)[] arguments)
    {
        if (arguments.All(a => a.Value is Val.Host))
            return new Val.Host(new Scalar.Call(primitive, arguments.Select(a => ((Val.Host)a.Value).Value).ToEquatableArray()));
        if (arguments.Any(a => a.Value is Val.Number or Val.Row))
        {
            Val.Number[] numbers = [.. arguments.Select((a, i) => NumberOf(a.Value, c.Arguments[i].Value))];
            bool keepsKind = primitive is Primitive.Max or Primitive.Min or Primitive.Abs;
            ValueKind kind = keepsKind ? numbers.Select(p => p.Kind).Aggregate(Wider) : ValueKind.Real;
            return new Val.Number(new Expression.Call(primitive, numbers.Select(p => p.Expression).ToEquatableArray()), kind);
        }
        if (primitive is Primitive.Max or Primitive.Min && arguments.All(a => a.Value is Val.Integers or Val.Ids or Val.Host { Value.IsInteger: true }))
            return Extreme(c.Name, arguments[0].Value, arguments[1].Value, c);
        return Map(
            [.. arguments.Select((a, i) => RowsArgument(a.Value, c.Arguments[i].Value))],
            e => new Expression.Call(primitive, e.ToEquatableArray()), OwnName(c.Name), c);
    }

    private Val.Rows Required(OpArguments a, string name, Expr call)
    {
        (Val Value, Expr At) found = a[name] ?? throw Fail(Rules.KindMismatch, call, $"'{name}' is missing");
        return RowsArgument(found.Value, found.At);
    }

    private Size HostSize(OpArguments a, string name, Size otherwise) => a[name] switch
    {
        null => otherwise,
        ({ } value, { } at) => value is Val.Host { Value: { IsInteger: true } s } ? Size.From(s)
            : throw Fail(Rules.KindMismatch, at, $"'{name}' is an integer of hyper-parameters, got {Describe(value)}"),
    };

    private Val.Rows Reduce(Reduction reduction, CallExpr c, (string?, Val)[] arguments)
    {
        var a = new OpArguments(c, arguments, "x", "groups");
        Val.Rows x = Required(a, "x", c);
        Size groups = HostSize(a, "groups", Size.One);
        if (x.Space == Val.Rows.Table) throw Fail(Rules.NotCompilable, c, $"{c.Name} over a parameter alone; use it on tokens");
        RequireDivisible(x.Columns, groups);
        Value result = NewValue(OwnName(c.Name), x.Space, groups);
        body.Add(new Node.Reduce(result.Id, x.Operands, x.Expression, x.Columns, reduction, groups));
        return Val.Rows.Of(x.Space, result.Whole);
    }

    private Val.Rows Concat(CallExpr c, (string?, Val)[] arguments)
    {
        Val.Rows[] parts = [.. arguments.Select((a, i) => RowsArgument(a.Item2, c.Arguments[i].Value))];
        int space = Val.Rows.Table;
        foreach (Val.Rows p in parts) space = JoinRows(space, p.Space, parts, c);
        if (space == Val.Rows.Table) throw Fail(Rules.NotCompilable, c, "Concat of parameters alone; concatenate tokens");
        List<KernelOperand> operands = [];
        Size columns = Size.Zero;
        foreach (Val.Rows p in parts)
        {
            columns += p.Columns;
            operands.Add(p.Space == space
                ? (p.Expression is Expression.Read && p.Operands.Count == 1 ? p.Operands[0] : new KernelOperand.Rows(Store(p, "~part")))
                : p.Space == Val.Rows.Table
                    ? (p.Expression is Expression.Read && p.Operands.Count == 1 ? p.Operands[0]
                        : throw Fail(Rules.NotCompilable, c, "Concat of a computed parameter; add it to tokens first"))
                    : new KernelOperand.PerSequence(Store(p, "~part")));
        }
        Value result = NewValue("~concat", space, columns);
        body.Add(new Node.Concat(result.Id, operands.ToEquatableArray()));
        return Val.Rows.Of(space, result.Whole);
    }

    private Val.Tuple Split(CallExpr c, (string? Name, Val Value)[] arguments)
    {
        Val.Rows x = RowsArgument(arguments[0].Value, c.Arguments[0].Value);
        if (x.Space == Val.Rows.Table) throw Fail(Rules.NotCompilable, c, "Split of a parameter; declare several parameters");
        Size[] numbers = [.. arguments.Skip(1).Select((a, i) => a.Value is Val.Host { Value: { IsInteger: true } s } ? Size.From(s)
            : throw Fail(Rules.KindMismatch, c.Arguments[i + 1].Value, "Split takes widths, integers of hyper-parameters"))];
        Size[] widths = numbers;
        if (numbers.Length == 1)
        {
            if (numbers[0].Constant is not { } count || count is < 1 or > 64)
                throw Fail(Rules.NotCompilable, c, "the number of parts of Split must be a constant between 1 and 64");
            RequireDivisible(x.Columns, numbers[0]);
            widths = [.. Enumerable.Repeat(x.Columns.DivideBy(numbers[0]), (int)count)];
        }
        else if (!SameWidth(x.Columns, widths.Aggregate(Size.Zero, (s, w) => s + w)))
        {
            throw Fail(Rules.WidthMismatch, c, $"the parts are {string.Join(" + ", widths.Select(WidthText))} wide, the value is {Shape(x)}");
        }
        View stored = Store(x, "~split");
        List<Val> parts = [];
        Size start = stored.Start;
        foreach (Size w in widths)
        {
            parts.Add(Val.Rows.Of(x.Space, new View(stored.Buffer, start, w)));
            start += w;
        }
        return new Val.Tuple(parts.ToEquatableArray());
    }

    private Val.Rows Slice(CallExpr c, (string?, Val)[] arguments)
    {
        var a = new OpArguments(c, arguments, "x", "start", "count");
        Val.Rows x = Required(a, "x", c);
        if (x.Space == Val.Rows.Table) throw Fail(Rules.NotCompilable, c, "Slice of a parameter; declare several parameters");
        Size start = HostSize(a, "start", Size.Zero), count = HostSize(a, "count", x.Columns - HostSize(a, "start", Size.Zero));
        if (start.Constant < 0 || (x.Columns - start - count).Constant < 0)
            throw Fail(Rules.WidthMismatch, c, $"columns {start} to {start + count} are not all in {Shape(x)}");
        View stored = Store(x, "~slice");
        if ((x.Columns - start - count).Constant is null)
            Check(
                Scalars.Binary(BinaryOp.LessOrEqual, (start + count).ToScalar(), x.Columns.ToScalar()), $"columns {start} to {start + count} of {x.Columns}", []);
        return Val.Rows.Of(x.Space, new View(stored.Buffer, stored.Start + start, count));
    }

    private Val.Rows Segment(SegmentReduction reduction, CallExpr c, (string?, Val)[] arguments)
    {
        Val.Rows x = RowsArgument(arguments[0].Item2, c.Arguments[0].Value);
        if (x.Space == Val.Rows.Table) throw Fail(Rules.KindMismatch, c, $"{c.Name} needs tokens, got a parameter");
        // A row a sequence already: each is its own mean, maximum, sum and first.
        if (IsSequences(x.Space)) return x;
        if (spaces[x.Space].TableRows is not null) throw Fail(Rules.KindMismatch, c, $"{c.Name} needs tokens, got the rows of a table");
        View input = Store(x, "~pooled");
        Value result = NewValue(OwnName(c.Name), Sequences(x.Space), x.Columns);
        body.Add(new Node.Segment(result.Id, reduction, input));
        return Val.Rows.Of(result.Rows, result.Whole);
    }

    private Val.Rows Each(CallExpr c, (string?, Val)[] arguments)
    {
        var a = new OpArguments(c, arguments, "rows", "features", "value");
        int space = SpaceArgument(a, c);
        Size features = HostSize(a, "features", Size.Zero);
        (Val lambda, Expr at) = a["value"] ?? throw Fail(Rules.KindMismatch, c, "'value' is missing");
        return WithReads(new() { [RowOf.Row] = space }, read =>
        {
            Expression value = Real(Lambda(lambda, at, ("t", new Val.Row(RowOf.Row)), ("f", Feature)), at);
            Value result = NewValue("~each", space, features);
            body.Add(new Node.Each(result.Id, read.Operands.ToEquatableArray(), value));
            return Val.Rows.Of(space, result.Whole);
        });
    }

    private Val.Rows Scan(CallExpr c, (string?, Val)[] arguments)
    {
        var a = new OpArguments(c, arguments, "rows", "features", "states", "step", "output", "backwards");
        int space = SpaceArgument(a, c);
        if (spaces[space].TableRows is not null) throw Fail(Rules.RowSpaceMismatch, c, "a scan runs along sequences, and the rows of a table belong to none");
        Size features = HostSize(a, "features", Size.Zero), states = HostSize(a, "states", Size.One);
        (Val step, Expr stepAt) = a["step"] ?? throw Fail(Rules.KindMismatch, c, "'step' is missing");
        (Val output, Expr outputAt) = a["output"] ?? throw Fail(Rules.KindMismatch, c, "'output' is missing");
        bool backwards = ConstantTruth(a, "backwards", false);
        return WithReads(new() { [RowOf.Row] = space }, read =>
        {
            (string, Val)[] parameters =
            [
                ("t", new Val.Row(RowOf.Row)), ("f", Feature), ("n", new Val.Number(new Expression.StateIndex(), ValueKind.Integer)),
                ("h", new Val.Number(new Expression.StateValue(), ValueKind.Real)),
            ];
            Expression next = Real(Lambda(step, stepAt, parameters), stepAt), value = Real(Lambda(output, outputAt, parameters), outputAt);
            Value result = NewValue("~scan", space, features);
            body.Add(new Node.Scan(result.Id, read.Operands.ToEquatableArray(), states, next, value, backwards));
            return Val.Rows.Of(space, result.Whole);
        });
    }

    private static Val.Number Feature => new(new Expression.Feature(), ValueKind.Integer);

    private int SpaceArgument(OpArguments a, CallExpr c) => a["rows"] switch
    {
        ({ } value, { } at) => value is Val.SpaceOf s ? s.Id
            : throw Fail(Rules.KindMismatch, at, $"'rows' is a row space, such as x.Rows, got {Describe(value)}"),
        null => throw Fail(Rules.KindMismatch, c, "'rows' is missing"),
    };

    private bool ConstantTruth(OpArguments a, string name, bool otherwise) => a[name] switch
    {
        null => otherwise,
        ({ } value, { } at) => value is Val.Host { Value: Scalar.Truth t } ? t.Value
            : throw Fail(Rules.NotCompilable, at, $"'{name}' is written as true or false: it decides which kernel is made"),
    };

    private Val.Rows Attention(CallExpr c, (string?, Val)[] arguments)
    {
        var a = new OpArguments(c, arguments, "q", "k", "v", "heads", "keyValueHeads", "scale", "score", "mask", "softmax");
        Val.Rows q = Required(a, "q", c), k = Required(a, "k", c), v = Required(a, "v", c);
        foreach (Val.Rows r in (Val.Rows[])[q, k, v])
            if (r.Space == Val.Rows.Table || spaces[r.Space].TableRows is not null)
                throw Fail(Rules.KindMismatch, c, "queries, keys and values are tokens, not parameters");
        if (k.Space != v.Space)
        {
            if (spaces[k.Space].IsOfInput && spaces[v.Space].IsOfInput) LearnSameRows(k.Space, v.Space);
            throw Fail(Rules.RowSpaceMismatch, c, $"keys {Shape(k)} and values {Shape(v)} must have the same rows");
        }
        if (!a.Has("heads")) throw Fail(Rules.KindMismatch, c, "'heads' is missing");
        Size heads = HostSize(a, "heads", Size.One);
        Size keyHeads = HostSize(a, "keyValueHeads", Size.Zero);
        if (keyHeads.Constant == 0) keyHeads = heads;
        RequireDivisible(q.Columns, heads);
        RequireDivisible(k.Columns, keyHeads);
        RequireDivisible(v.Columns, keyHeads);
        RequireDivisible(heads, keyHeads);
        Size headWidth = q.Columns.DivideBy(heads);
        if (!SameWidth(k.Columns, headWidth * keyHeads))
            throw Fail(Rules.WidthMismatch, c,
                $"queries {Shape(q)} have {heads} heads of {headWidth}; keys must be [{spaces[k.Space].Name}, {headWidth * keyHeads}], got {Shape(k)}");
        Scalar scale = a["scale"] switch
        {
            null => new Scalar.Binary(BinaryOp.Divide, Scalar.Of(1.0), new Scalar.Call(Primitive.Sqrt, [headWidth.ToScalar()])),
            ({ } value, { } at) => value is Val.Host { Value.Kind: ValueKind.Real or ValueKind.Integer } s ? Scalars.Convert(ValueKind.Real, s.Value)
                : throw Fail(Rules.KindMismatch, at, $"'scale' is a number of hyper-parameters, got {Describe(value)}"),
        };
        bool softmax = ConstantTruth(a, "softmax", true);
        return WithReads(new() { [RowOf.Query] = q.Space, [RowOf.Key] = k.Space }, read =>
        {
            (string, Val) i = ("i", new Val.Row(RowOf.Query)), j = ("j", new Val.Row(RowOf.Key));
            (string, Val) s = ("s", new Val.Number(new Expression.Logit(), ValueKind.Real)), h = ("h", new Val.Number(new Expression.Head(), ValueKind.Integer));
            Expression? score = a["score"] is ({ } s1, { } s2) ? Real(Lambda(s1, s2, s, i, j, h), s2) : null;
            Expression? mask = a["mask"] is ({ } m1, { } m2) ? Truth(Lambda(m1, m2, i, j), m2) : null;
            if (mask is not null && !new MaskBounds(read.Operands, spaces).AreKnown(mask))
                notes.Add(Found(Rules.MaskNotBounded, a["mask"]!.Value.At.Span,
                    "of this mask nothing is known but pair by pair, so that every pair is computed and then masked; compare positions with integers and lengths where you can"));
            Value result = NewValue("~attention", q.Space, keyHeads.Equals(heads) ? v.Columns : v.Columns.DivideBy(keyHeads) * heads);
            body.Add(new Node.Attention(
                result.Id, Store(q, "~queries"), Store(k, "~keys"), Store(v, "~values"), k.Space, heads, keyHeads, scale, score, mask, softmax,
                read.Operands.ToEquatableArray()));
            return Val.Rows.Of(q.Space, result.Whole);
        });
    }
}
