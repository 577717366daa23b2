using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

internal sealed partial class GraphBuilder
{
    private Val Evaluate(Expr expr, Scope scope)
    {
        Expr? around = evaluated;
        evaluated = expr;
        Val value = Follow(expr, scope);
        evaluated = around;
        return value;
    }

    private Val Follow(Expr expr, Scope scope) => expr switch
    {
        NumberExpr n => new Val.Host(new Scalar.Number(n.Value, n.IsInteger)),
        TextExpr t => new Val.Host(new Scalar.Literal(t.Value)),
        BoolExpr b => new Val.Host(new Scalar.Truth(b.Value)),
        NullExpr => new Val.Host(new Scalar.Nothing()),
        NameExpr n => EvaluateName(n, scope),
        MemberExpr m => EvaluateMember(m, scope),
        IndexExpr i => EvaluateIndex(i, scope),
        CallExpr c => EvaluateCall(c, scope),
        BinaryExpr b => Binary(b.Op, Evaluate(b.Left, scope), Evaluate(b.Right, scope), b),
        UnaryExpr u => Unary(u.Op, Evaluate(u.Operand, scope), u),
        ConditionalExpr c => EvaluateConditional(c, scope),
        ConvertExpr c => Convert(c.To, Evaluate(c.Operand, scope), c),
        LambdaExpr l => new Val.Lambda(l, scope.Copy()),
        TupleExpr t => new Val.Tuple(t.Items.Select(i => Evaluate(i, scope)).ToEquatableArray()),
        _ => throw Fail(Rules.UnsupportedExpression, expr, "this expression is not part of the language"),
    };

    private Val EvaluateName(NameExpr n, Scope scope) => n.Kind switch
    {
        NameKind.Local => scope.Locals.TryGetValue(n.Name, out Val? local) ? local
            : throw Fail(Rules.UnassignedLocal, n, $"'{n.Name}' has no value here on some path; assign it before the branch or loop"),
        NameKind.HyperParameter when scope.Layer is { } l && l.Hypers.TryGetValue(n.Name, out Scalar? hyper) => new Val.Host(hyper),
        NameKind.Field => FieldOf(scope, n.Name) ?? throw Fail(Rules.UnsupportedField, n, $"'{n.Name}' is not a field of the description"),
        _ => throw Fail(Rules.UnsupportedExpression, n, $"'{n.Name}' is not known here"),
    };

    private Val? FieldOf(Scope scope, string name)
    {
        if (scope.Layer is not { } owner || owner.Spec.Fields.FirstOrDefault(f => f.Name == name) is not { } field) return null;
        return field switch
        {
            ValueField v => Evaluate(v.Value, new Scope(owner, [])),
            LayerField l => new Val.Layer(Instantiate(l.LayerId, l.Arguments, new Scope(owner, []), [.. owner.Path, new PathSegment(l.Name, null)], owner, l)),
            _ => new Val.Field(owner, field),
        };
    }

    private LayerInstance Element(LayerInstance owner, LayersField spec, Scalar index)
    {
        var scope = new Scope(owner, []);
        if (spec.IndexName is not null) scope.Locals[spec.IndexName] = new Val.Host(index);
        return Instantiate(spec.LayerId, spec.Arguments, scope, [.. owner.Path, new PathSegment(spec.Name, index)], owner, spec);
    }

    private LayerInstance Instantiate(
        string id, EquatableArray<Argument> arguments, Scope scope, EquatableArray<PathSegment> path, LayerInstance owner, FieldSpec field)
    {
        SourceSpan span = field.Span;
        if (!layers.TryGetValue(id, out LayerSpec? spec))
            throw Fail(Rules.NoSpecification, span, $"the layer '{id}' has no specification: rebuild its assembly with the generator");
        Dictionary<string, Scalar> hypers = new(StringComparer.Ordinal);
        for (int i = 0; i < spec.HyperParameters.Count; i++)
        {
            HyperParameter h = spec.HyperParameters[i];
            Argument? argument = arguments.FirstOrDefault(a => a.Name == h.Name) ?? (i < arguments.Count && arguments[i].Name is null ? arguments[i] : null);
            Expr? given = argument?.Value ?? h.Default;
            if (given is null) throw Fail(Rules.KindMismatch, span, $"'{spec.Name}' needs a value for '{h.Name}'");
            Val value = Evaluate(given, argument is null ? new Scope(null, []) : scope);
            if (value is not Val.Host host) throw Fail(Rules.KindMismatch, given, $"'{h.Name}' of '{spec.Name}' is a hyper-parameter, got {Describe(value)}");
            hypers[h.Name] = h.Kind is ValueKind.Real && host.Value.Kind == ValueKind.Integer ? Scalars.Convert(ValueKind.Real, host.Value) : host.Value;
        }
        return new LayerInstance(spec, hypers, path, field.Precision ?? spec.Precision ?? owner.Precision);
    }

    private Val EvaluateMember(MemberExpr m, Scope scope)
    {
        Val target = Evaluate(m.Target, scope);
        return (target, m.Name) switch
        {
            (Val.Ids i, "Types") => new Val.Integers(i.Space, new RowInteger.Types(i.Input)),
            (Val.Ids i, "Positions") => new Val.Integers(i.Space, new RowInteger.Position()),
            (Val.Ids i, "Rows") => new Val.SpaceOf(i.Space),
            (Val.Integers { Space: not Val.Rows.Table } i, "Rows") => new Val.SpaceOf(i.Space),
            (Val.SpaceOf s, "Sequences") when spaces[s.Id].TableRows is null => new Val.SpaceOf(Sequences(s.Id)),
            (Val.SpaceOf s, "Lengths") when spaces[s.Id].TableRows is null => new Val.Integers(Sequences(s.Id), LengthsOf(s.Id)),
            (Val.Rows { Space: not Val.Rows.Table } r, "Positions") => new Val.Integers(r.Space, new RowInteger.Position()),
            (Val.Rows { Space: not Val.Rows.Table } r, "Rows") => new Val.SpaceOf(r.Space),
            (Val.Field { Spec: ParameterField { Rows: not null } } f, "Rows") => new Val.SpaceOf(RowsArgument(f, m).Space),
            (Val.Field { Spec: ParameterField p } f, "Features" or "Columns") => new Val.Host(HostInteger(p.Columns, new Scope(f.Owner, []))),
            (Val.Host { Value: { IsArray: true } array }, "Length") => new Val.Host(new Scalar.Count(array)),
            (Val.Rows r, "Features") => new Val.Host(r.Columns.ToScalar()),
            (Val.Field { Spec: LayersField l } f, "Count") => new Val.Host(LayerCount(f.Owner, l)),
            _ => throw Fail(Rules.UnsupportedExpression, m, $"{Describe(target)} has no member '{m.Name}' that the language knows"),
        };
    }

    private Val EvaluateIndex(IndexExpr x, Scope scope)
    {
        Val target = Evaluate(x.Target, scope);
        Val[] arguments = [.. x.Arguments.Select(a => Evaluate(a, scope))];
        switch (target)
        {
            case Val.Field { Spec: LinearField linear } f:
                return Linear(f.Owner, linear, RowsArgument(arguments[0], x.Arguments[0]), x);
            case Val.Field { Spec: EmbeddingField embedding } f:
                return Lookup(f.Owner, embedding, arguments[0], x.Arguments[0]);
            case Val.Field { Spec: LayersField layersField } f when arguments[0] is Val.Host { Value.IsInteger: true } index:
                return new Val.Layer(Element(f.Owner, layersField, index.Value));
            case Val.Field { Spec: LinearBankField bank } f when arguments.Length == 2:
                return Bank(f.Owner, bank, RowsArgument(arguments[0], x.Arguments[0]), RowsArgument(arguments[1], x.Arguments[1]), x);
            case Val.Field { Spec: ParameterField { Rows: null } } f when arguments is [Val.Row, _]:
                return RowsElement(RowsArgument(f, x), arguments, x);
            case Val.Field { Spec: ParameterField parameter } f when arguments.All(a => a is Val.Number or Val.Row or Val.Host):
                return ParameterElement(f.Owner, parameter, arguments, x);
            case Val.Host { Value: { IsArray: true } array } when arguments is [Val.Host { Value: { IsInteger: true } index }]:
                return new Val.Host(new Scalar.Item(array, index));
            case Val.Integers or Val.Ids when arguments.All(a => a is Val.Number or Val.Row or Val.Host):
                return IntegersElement(IntegersArgument(target, x), arguments, x);
            case Val.Layer l:
                return CallLayer(l.Instance, arguments.Select((a, i) => ((string?)null, a)).ToArray(), x);
            case Val.Host { Value.Kind: ValueKind.Activation } activation:
                return Map([RowsArgument(arguments[0], x.Arguments[0])], e => new Expression.Activate(activation.Value, e[0]), "~activated", x);
            case Val.Rows rows when arguments.Length is 2 or 3 && arguments.All(a => a is Val.Number or Val.Row or Val.Host):
                return RowsElement(rows, arguments, x);
            default:
                throw Fail(Rules.UnsupportedExpression, x, $"{Describe(target)} cannot be indexed by {string.Join(", ", arguments.Select(Describe))}");
        }
    }

    private Val.Rows Linear(LayerInstance owner, LinearField spec, Val.Rows input, Expr at)
    {
        var hypers = new Scope(owner, []);
        Size inner = Size.From(HostInteger(spec.Inputs, hypers)), outputs = Size.From(HostInteger(spec.Outputs, hypers));
        if (input.Space == Val.Rows.Table)
            throw Fail(Rules.NotCompilable, at, $"'{spec.Name}' is applied to a parameter; apply it to tokens");
        if (!SameWidth(input.Columns, inner, (owner, spec)))
            throw Fail(Rules.WidthMismatch, at, $"'{spec.Name}' expects [{spaces[input.Space].Name}, {inner}], got {Shape(input)}");
        bool transposed = spec.Transposed is not null && KnownTruth(spec.Transposed, hypers, spec);
        Scalar present = Presence(spec.Present, hypers);
        RequirePresent(owner, spec, present, at);
        int weight = AddParameter(
            owner, spec, "weight", ParameterUse.Linear, transposed ? inner : outputs, transposed ? outputs : inner, transposed, present);
        Value product = NewValue(spec.Name, input.Space, outputs);
        body.Add(new Node.Gemm(Store(input, OwnName("input", spec)), [new GemmNodeBlock(product.Id, [weight], [], new Expression.Accumulator(0))]));
        Val.Rows result = Val.Rows.Of(input.Space, product.Whole);
        Scalar biased = Scalars.Binary(BinaryOp.And, present, Presence(spec.Bias, hypers));
        if (biased is Scalar.Truth { Value: false }) return result;
        int bias = AddParameter(owner, spec, "bias", ParameterUse.Vector, Size.One, outputs, false, biased);
        return Map(
            [result, new Val.Rows(Val.Rows.Table, outputs, [new KernelOperand.Vector(bias, outputs)], new Expression.Read(0))],
            e => new Expression.Binary(BinaryOp.Add, e[0], e[1]), spec.Name, at);
    }

    private Val.Rows Lookup(LayerInstance owner, EmbeddingField spec, Val index, Expr at)
    {
        (int space, RowInteger value) = index switch
        {
            Val.Ids i => (i.Space, new RowInteger.Ids(i.Input)),
            Val.Integers i => (i.Space, i.Value),
            _ => throw Fail(Rules.KindMismatch, at, $"the embedding '{spec.Name}' is looked up by integers, got {Describe(index)}"),
        };
        var hypers = new Scope(owner, []);
        Size rows = Size.From(HostInteger(spec.Rows, hypers)), features = Size.From(HostInteger(spec.Features, hypers));
        int table = AddParameter(owner, spec, "weight", ParameterUse.Table, rows, features, false, null);
        // A run checks the positions of inputs' rows before all else; those of other rows as it computes them.
        bool isChecked = spaces[space].IsOfInput || !value.All().OfType<RowInteger.Position>().Any();
        RowInteger row = OnDevice(new Val.Integers(space, value), byHost: !isChecked);
        return new Val.Rows(space, features, [new KernelOperand.Gather(table, row, features)], new Expression.Read(0));
    }

    private Val.Rows Bank(LayerInstance owner, LinearBankField spec, Val.Rows input, Val.Rows index, Expr at)
    {
        var hypers = new Scope(owner, []);
        Size count = Size.From(HostInteger(spec.Count, hypers)), inner = Size.From(HostInteger(spec.Inputs, hypers));
        Size outputs = Size.From(HostInteger(spec.Outputs, hypers));
        if (input.Space == Val.Rows.Table || index.Space == Val.Rows.Table)
            throw Fail(Rules.NotCompilable, at, $"'{spec.Name}' takes rows and the number of each row's linear, got {Shape(input)} and {Shape(index)}");
        if (input.Space != index.Space) JoinRows(input.Space, index.Space, [input, index], at);
        if (input.Space != index.Space) throw Fail(Rules.RowSpaceMismatch, at, $"'{spec.Name}' needs a number for each row: got {Shape(input)} and {Shape(index)}");
        if (!SameWidth(input.Columns, inner, (owner, spec)))
            throw Fail(Rules.WidthMismatch, at, $"'{spec.Name}' expects [{spaces[input.Space].Name}, {inner}], got {Shape(input)}");
        if (!SameWidth(index.Columns, Size.One))
            throw Fail(Rules.WidthMismatch, at, $"'{spec.Name}' takes one number a row, [{spaces[input.Space].Name}, 1], got {Shape(index)}");
        bool transposed = spec.Transposed is not null && KnownTruth(spec.Transposed, hypers, spec);
        int weight = AddParameter(
            owner, spec, "weight", ParameterUse.Bank, count * (transposed ? inner : outputs), transposed ? outputs : inner, transposed, null);
        Scalar present = Presence(spec.Bias, hypers);
        int? bias = present is Scalar.Truth { Value: false } ? null
            : AddParameter(owner, spec, "bias", ParameterUse.Table, count, outputs, false, present);
        Value result = NewValue(spec.Name, input.Space, outputs);
        body.Add(new Node.Bank(result.Id, Store(input, OwnName("input", spec)), Store(index, OwnName("index", spec)), weight, bias, count));
        return Val.Rows.Of(input.Space, result.Whole);
    }

    private int ParameterId(LayerInstance owner, ParameterField spec, ParameterUse use, out Size? rows, out Size columns)
    {
        var hypers = new Scope(owner, []);
        rows = spec.Rows is null ? null : Size.From(HostInteger(spec.Rows, hypers));
        columns = Size.From(HostInteger(spec.Columns, hypers));
        Scalar present = Presence(spec.Present, hypers);
        return AddParameter(owner, spec, "", rows is null ? use : ParameterUse.Table, rows ?? Size.One, columns, false, present);
    }

    /// <summary>The value as rows where it can be seen as such: a parameter of one row is a table that every row meets.</summary>
    private Val.Rows? AsRows(Val value)
    {
        if (value is Val.Rows r) return r;
        if (value is Val.Host { Value: { Kind: ValueKind.Integer or ValueKind.Real } scalar })
            return new Val.Rows(Val.Rows.Table, Size.One, [], new Expression.Host(scalar));
        if (value is not Val.Field { Spec: ParameterField p } f) return null;
        if (p.Rows is not null) return TableRows(f.Owner, p);
        int id = ParameterId(f.Owner, p, ParameterUse.Vector, out _, out Size columns);
        return new Val.Rows(Val.Rows.Table, columns, [new KernelOperand.Vector(id, columns)], new Expression.Read(0));
    }

    /// <summary>A parameter's rows as rows that kernels run over.</summary>
    private Val.Rows TableRows(LayerInstance owner, ParameterField spec)
    {
        int id = ParameterId(owner, spec, ParameterUse.Table, out Size? rows, out Size columns);
        Value result = NewValue(spec.Name, Table(rows!), columns);
        body.Add(new Node.Each(
            result.Id, [new ElementOperand.Parameter(id)], new Expression.Element(0, [new Expression.RowPosition(), new Expression.Feature()])));
        return Val.Rows.Of(result.Rows, result.Whole);
    }

    private Val.Rows RowsArgument(Val value, Expr at) =>
        AsRows(value) ?? throw Fail(Rules.KindMismatch, at, $"tokens are expected here, got {Describe(value)}");

    private Val EvaluateConditional(ConditionalExpr c, Scope scope)
    {
        Val condition = Evaluate(c.Condition, scope);
        bool inLambda = reads.Spaces.Count > 0;
        if (condition is Val.Number || (inLambda && condition is Val.Host { Value: { Kind: ValueKind.Boolean } and not Scalar.Truth }))
        {
            Val.Number p = NumberOf(condition, c.Condition);
            (Val.Number a, Val.Number b) = (NumberOf(Evaluate(c.WhenTrue, scope), c.WhenTrue), NumberOf(Evaluate(c.WhenFalse, scope), c.WhenFalse));
            return new Val.Number(new Expression.Select(p.Expression, a.Expression, b.Expression), Wider(a.Kind, b.Kind));
        }
        if (condition is not Val.Host { Value.Kind: ValueKind.Boolean } host)
            throw Fail(Rules.ConditionNotHost, c.Condition, $"{Describe(condition)} cannot decide here: a condition is a boolean of hyper-parameters and loop indices");
        return Choose(host.Value, c.Span, s => Evaluate(c.WhenTrue, s), s => Evaluate(c.WhenFalse, s), scope)!;
    }

    private Val Binary(BinaryOp op, Val a, Val b, Expr at)
    {
        if (a is Val.Host x && b is Val.Host y) return new Val.Host(Scalars.Binary(op, x.Value, y.Value));
        // What is known beside a condition of a lambda decides it, or does not count.
        if (op is BinaryOp.And or BinaryOp.Or && a is Val.Host { Value: Scalar.Truth first }) return first.Value == (op == BinaryOp.And) ? b : a;
        if (op is BinaryOp.And or BinaryOp.Or && b is Val.Host { Value: Scalar.Truth second }) return second.Value == (op == BinaryOp.And) ? a : b;
        if (a is Val.Number or Val.Row || b is Val.Number or Val.Row)
        {
            (Val.Number l, Val.Number r) = (NumberOf(a, at), NumberOf(b, at));
            return new Val.Number(new Expression.Binary(op, l.Expression, r.Expression), IsTruth(op) ? ValueKind.Boolean : Wider(l.Kind, r.Kind));
        }
        if (IsInteger(a) && IsInteger(b) && !IsTruth(op)) return Integers(op, a, b, at);
        if (op is not (BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply or BinaryOp.Divide))
            throw Fail(Rules.UnsupportedExpression, at, $"'{OperatorText.Symbol(op)}' is not defined between {Describe(a)} and {Describe(b)}");
        return Map([RowsArgument(a, at), RowsArgument(b, at)], e => new Expression.Binary(op, e[0], e[1]), "~" + NameOf(op), at);

        static bool IsInteger(Val value) => value is Val.Integers or Val.Ids or Val.Host { Value.IsInteger: true };
    }

    private static Val.Integers? Affine(BinaryOp op, Val.Integers i, Scalar n) => op switch
    {
        BinaryOp.Add => i with { Value = new RowInteger.Affine(i.Value, Scalar.Of(1), n) },
        BinaryOp.Subtract => i with { Value = new RowInteger.Affine(i.Value, Scalar.Of(1), Scalars.Unary(UnaryOp.Negate, n)) },
        BinaryOp.Multiply => i with { Value = new RowInteger.Affine(i.Value, n, Scalar.Of(0)) },
        _ => null,
    };

    private static string NameOf(BinaryOp op) => op switch
    {
        BinaryOp.Add => "sum",
        BinaryOp.Subtract => "difference",
        BinaryOp.Multiply => "product",
        _ => "quotient",
    };

    private Val Unary(UnaryOp op, Val a, Expr at) => a switch
    {
        Val.Host h => new Val.Host(Scalars.Unary(op, h.Value)),
        Val.Integers or Val.Ids when op == UnaryOp.Negate => Integers(BinaryOp.Subtract, new Val.Host(Scalar.Of(0)), a, at),
        Val.Number or Val.Row => NumberOf(a, at) is var p ? new Val.Number(new Expression.Unary(op, p.Expression), p.Kind) : a,
        _ => Map([RowsArgument(a, at)], e => new Expression.Unary(op, e[0]), "~negated", at),
    };

    private Val Convert(ValueKind to, Val a, Expr at) => a switch
    {
        Val.Host h => new Val.Host(Scalars.Convert(to, h.Value)),
        Val.Number or Val.Row => NumberOf(a, at) is var p ? new Val.Number(new Expression.Convert(to, p.Expression), to) : a,
        _ => throw Fail(Rules.KindMismatch, at, $"{Describe(a)} cannot be converted to a number"),
    };

    /// <summary>
    /// An expression of values at each element, as a new value; one row space and one width come of theirs. Of parameters alone it stays an
    /// expression, computed where it is used.
    /// </summary>
    private Val.Rows Map(IReadOnlyList<Val.Rows> arguments, Func<IReadOnlyList<Expression>, Expression> combine, string name, Expr at)
    {
        int space = Val.Rows.Table;
        Size columns = Size.One;
        foreach (Val.Rows a in arguments)
        {
            space = JoinRows(space, a.Space, arguments, at);
            if (columns.IsOne && UnknownName(a.Columns) is null) columns = a.Columns;
            else if (!a.Columns.IsOne && !SameWidthOrUnknown(ref columns, a.Columns))
                throw Fail(Rules.WidthMismatch, at, $"the widths do not match: {string.Join(" and ", arguments.Select(Shape))}");
        }
        List<KernelOperand> operands = [];
        List<Expression> expressions = [];
        foreach (Val.Rows a in arguments)
        {
            Val.Rows source = a;
            if (a.Space != space && a.Space != Val.Rows.Table)
            {
                View stored = Store(a, "~stored");
                source = a with { Operands = [new KernelOperand.PerSequence(stored)], Expression = new Expression.Read(0) };
            }
            expressions.Add(Append(operands, source.Operands, source.Expression));
        }
        Expression combined = combine(expressions);
        if (space == Val.Rows.Table) return new Val.Rows(space, columns, operands.ToEquatableArray(), combined);
        Value result = NewValue(name, space, columns);
        body.Add(new Node.Map(result.Id, operands.ToEquatableArray(), combined));
        return Val.Rows.Of(space, result.Whole);
    }

    // A width of one may still turn out to be an unknown width: an input's width is settled by the first use that is not one.
    private bool SameWidthOrUnknown(ref Size columns, Size other)
    {
        if (columns.IsOne) { columns = other; return true; }
        return SameWidth(columns, other);
    }

    /// <summary>Adds operands that are not there yet; the expression with its reads renumbered.</summary>
    internal static Expression Append(List<KernelOperand> operands, EquatableArray<KernelOperand> added, Expression expression)
    {
        int[] numbers = new int[added.Count];
        for (int i = 0; i < added.Count; i++)
        {
            numbers[i] = operands.IndexOf(added[i]);
            if (numbers[i] >= 0) continue;
            numbers[i] = operands.Count;
            operands.Add(added[i]);
        }
        return expression.Replace(e => e is Expression.Read r ? new Expression.Read(numbers[r.Number]) : null);
    }

    private int JoinRows(int a, int b, IReadOnlyList<Val.Rows> arguments, Expr at)
    {
        if (a == b || b == Val.Rows.Table) return a;
        if (a == Val.Rows.Table) return b;
        if (IsSequences(b) && IsSameFamily(a, b)) return a;
        if (IsSequences(a) && IsSameFamily(a, b)) return b;
        if (spaces[a].IsOfInput && spaces[b].IsOfInput) LearnSameRows(a, b);
        throw Fail(Rules.RowSpaceMismatch, at,
            $"the rows do not belong together: {string.Join(" and ", arguments.Select(Shape))}; pool one to its sequences, read it at positions (Each), or use Attention between them");
    }

    /// <summary>Two inputs that are used row by row have the same rows, unless both bring ids of a batch of their own.</summary>
    private void LearnSameRows(int a, int b)
    {
        (int first, int second) = (spaces[a].Input, spaces[b].Input);
        if (first > second) (first, second) = (second, first);
        if (inputs[first].Kind == InputKind.TokenIds && inputs[second].Kind == InputKind.TokenIds) return;
        sameRows[second] = first;
        throw new LearnedException();
    }

    private Scalar HostInteger(Expr expr, Scope scope) =>
        Evaluate(expr, scope) is Val.Host { Value: { IsInteger: true } s } ? s : throw Fail(Rules.KindMismatch, expr, "an integer of hyper-parameters is expected here");

    private Scalar HostBoolean(Expr expr, Scope scope) =>
        Evaluate(expr, scope) is Val.Host { Value: { Kind: ValueKind.Boolean } s } ? s : throw Fail(Rules.KindMismatch, expr, "a boolean of hyper-parameters is expected here");

    /// <summary>Whether something is there that a field says so of; it is where nothing is said.</summary>
    private Scalar Presence(Expr? said, Scope scope) => said is null ? new Scalar.Truth(true) : HostBoolean(said, scope);

    private bool KnownTruth(Expr expr, Scope scope, FieldSpec field) =>
        HostBoolean(expr, scope) is Scalar.Truth t ? t.Value : throw Fail(Rules.NotCompilable, field.Span, $"whether '{field.Name}' is stored transposed must be a constant");
}
