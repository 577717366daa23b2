using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>
/// Lambdas of elements, scans, scores and masks: their bodies become expressions of one row and feature, or of one query, key and head.
/// </summary>
internal sealed partial class GraphBuilder
{
    private LambdaReads reads = new([]);
    private int folds;

    /// <summary>What the lambda that is followed may read: the row spaces of its rows, and the operands that it has read so far.</summary>
    private sealed record LambdaReads(Dictionary<RowOf, int> Spaces)
    {
        public List<ElementOperand> Operands { get; } = [];
    }

    /// <summary>Follows lambdas that share their operands; afterwards those of an enclosing lambda are at hand again.</summary>
    private T WithReads<T>(Dictionary<RowOf, int> ofRows, Func<LambdaReads, T> follow)
    {
        LambdaReads outer = reads;
        reads = new LambdaReads(ofRows);
        T result = follow(reads);
        reads = outer;
        return result;
    }

    private Val.Number Lambda(Val value, Expr at, params (string Role, Val Value)[] parameters)
    {
        if (value is not Val.Lambda lambda || lambda.Expr.Parameters.Count != parameters.Length)
            throw Fail(Rules.LambdaTooWide, at, $"a lambda ({string.Join(", ", parameters.Select(p => p.Role))}) => … is expected here");
        Scope scope = lambda.Scope.Copy();
        for (int i = 0; i < parameters.Length; i++) scope.Locals[lambda.Expr.Parameters[i]] = parameters[i].Value;
        return NumberOf(Evaluate(lambda.Expr.Body, scope), lambda.Expr.Body);
    }

    private Expression Real(Val.Number number, Expr at) => number.Kind switch
    {
        ValueKind.Real => number.Expression,
        ValueKind.Integer => new Expression.Convert(ValueKind.Real, number.Expression),
        _ => throw Fail(Rules.KindMismatch, at, "the lambda answers with a number"),
    };

    private Expression Truth(Val.Number p, Expr at) =>
        p.Kind == ValueKind.Boolean ? p.Expression : throw Fail(Rules.KindMismatch, at, "a mask answers with a boolean");

    private Val.Number NumberOf(Val value, Expr at) => value switch
    {
        Val.Number n => n,
        Val.Row r => new Val.Number(
            r.Of switch
            {
                RowOf.Query => new Expression.QueryPosition(),
                RowOf.Key => new Expression.KeyPosition(),
                _ => new Expression.RowPosition(),
            },
            ValueKind.Integer),
        Val.Host { Value.Kind: ValueKind.Integer or ValueKind.Real or ValueKind.Boolean } h => new Val.Number(new Expression.Host(h.Value), h.Value.Kind),
        _ => throw Fail(Rules.LambdaTooWide, at,
            $"{Describe(value)} is not a number of a lambda: index it with a row and a feature, or a parameter with its indices"),
    };

    private Val.Number IntegerOf(Val value, Expr at, string what)
    {
        Val.Number number = NumberOf(value, at);
        return number.Kind == ValueKind.Integer ? number : throw Fail(Rules.LambdaTooWide, at, $"{what} is an integer");
    }

    /// <summary><c>Sum(count, n => …)</c> and its like.</summary>
    private Val.Number Fold(FoldKind kind, CallExpr c, (string? Name, Val Value)[] arguments)
    {
        Expr at = c.Arguments[0].Value;
        if (reads.Spaces.Count == 0) throw Fail(Rules.NotCompilable, c, $"{c.Name} over a count stands in a lambda of Each, Scan or Attention");
        Val.Number count = IntegerOf(arguments[0].Value, at, "a count");
        int id = folds++;
        Expr lambda = c.Arguments[1].Value;
        Val.Number term = Lambda(arguments[1].Value, lambda, ("n", new Val.Number(new Expression.Index(id), ValueKind.Integer)));
        var fold = new Expression.Fold(kind, id, count.Expression, Real(term, lambda));
        return new Val.Number(fold, fold.Kind);
    }

    private Val.Number ParameterElement(LayerInstance owner, ParameterField spec, Val[] indices, Expr at)
    {
        int id = ParameterId(owner, spec, ParameterUse.Table, out Size? rows, out _);
        int expected = rows is null ? 1 : 2;
        if (indices.Length != expected) throw Fail(Rules.LambdaTooWide, at, $"'{spec.Name}' takes {expected} indices here, got {indices.Length}");
        return Element(new ElementOperand.Parameter(id), indices, at);
    }

    private Val.Number Element(ElementOperand operand, Val[] indices, Expr at)
    {
        Expression[] numbers = [.. indices.Select(i => IntegerOf(i, at, "an index").Expression)];
        return new Val.Number(new Expression.Element(Operand(operand), numbers.ToEquatableArray()), ValueKind.Real);
    }

    /// <summary>An element of rows: <c>x[t, f]</c>, <c>x[t, p, f]</c>; of a computed table <c>x[r, c]</c>.</summary>
    private Val.Number RowsElement(Val.Rows rows, Val[] indices, Expr at)
    {
        if (rows.Space != Val.Rows.Table && spaces[rows.Space].TableRows is not null)
        {
            if (indices.Length != 2) throw Fail(Rules.LambdaTooWide, at, $"{Describe(rows)} is read at a row and a column");
            return Element(new ElementOperand.Table(Store(rows, "~table")), indices, at);
        }
        bool isTableOfALayer = rows.Space != Val.Rows.Table && spaces[rows.Space].IsOfInput && unit.Root.Kind == LayerKind.Layer;
        if (indices is [Val.Number or Val.Host, _] && isTableOfALayer && tables.Add(spaces[rows.Space].Input)) throw new LearnedException();
        if (indices[0] is not Val.Row row || !reads.Spaces.TryGetValue(row.Of, out int at0))
            throw Fail(Rules.LambdaTooWide, at, $"{Describe(rows)} is read at a row of the lambda: x[t, feature], or x[t, position, feature]");
        Expression column = IntegerOf(indices[indices.Length - 1], at, "a feature").Expression;
        if (rows.Space == Val.Rows.Table)
        {
            if (indices.Length != 2) throw Fail(Rules.LambdaTooWide, at, $"{Describe(rows)} is the same in every row: it is read at a row and a feature");
            return new Val.Number(OfTable(rows, rows.Columns.IsOne ? Expression.Of(0) : column), ValueKind.Real);
        }
        Expression? position = indices.Length == 3 ? IntegerOf(indices[1], at, "a position").Expression : null;
        if (position is null && rows.Space != at0 && !(IsSequences(rows.Space) && IsSameFamily(rows.Space, at0)))
        {
            if (spaces[rows.Space].IsOfInput && spaces[at0].IsOfInput) LearnSameRows(rows.Space, at0);
            throw Fail(Rules.RowSpaceMismatch, at,
                $"{Describe(rows)} is read at a row of [{spaces[at0].Name}]; say at which position of the sequence: x[t, position, feature]");
        }
        var operand = new ElementOperand.Rows(Store(rows, "~read"), rows.Space);
        return new Val.Number(new Expression.TokenElement(Operand(operand), row.Of, position, column), ValueKind.Real);
    }

    /// <summary>Parameters in arithmetic of their own, at one column.</summary>
    private Expression OfTable(Val.Rows rows, Expression column) => rows.Expression.Replace(e => e is not Expression.Read r ? null
        : rows.Operands[r.Number] is KernelOperand.Vector v
            ? new Expression.Element(Operand(new ElementOperand.Parameter(AsTable(v.Parameter))), [v.Columns.IsOne ? Zero : column])
            : throw new NotSupportedException(rows.Operands[r.Number].GetType().Name));

    private static readonly Expression Zero = new Expression.Host(Scalar.Of(0));

    private int AsTable(int parameter)
    {
        if (parameters[parameter].Use == ParameterUse.Vector) parameters[parameter] = parameters[parameter] with { Use = ParameterUse.Table };
        return parameter;
    }

    private Val.Number IntegersElement(Val.Integers integers, Val[] indices, Expr at)
    {
        if (indices[0] is not Val.Row row || !reads.Spaces.TryGetValue(row.Of, out int at0) || indices.Length > 2)
            throw Fail(Rules.LambdaTooWide, at, $"{Describe(integers)} are read at a row of the lambda: ids[t], or ids[t, position]");
        Expression? position = indices.Length == 2 ? IntegerOf(indices[1], at, "a position").Expression : null;
        if (position is null && integers.Space != at0 && !(IsSequences(integers.Space) && IsSameFamily(integers.Space, at0)))
        {
            if (spaces[integers.Space].IsOfInput && spaces[at0].IsOfInput) LearnSameRows(integers.Space, at0);
            throw Fail(Rules.RowSpaceMismatch, at,
                $"{Describe(integers)} are read at a row of [{spaces[at0].Name}]; say at which position of the sequence: ids[t, position]");
        }
        var operand = new ElementOperand.Integers(OnDevice(integers), integers.Space);
        return new Val.Number(new Expression.IntegerElement(Operand(operand), row.Of, position), ValueKind.Integer);
    }

    /// <summary><c>x.Length(t)</c>.</summary>
    private Val LengthAt(int space, Val row, Expr at)
    {
        if (row is not Val.Row r || !reads.Spaces.ContainsKey(r.Of)) throw Fail(Rules.LambdaTooWide, at, "Length takes a row of the lambda");
        return spaces[space].TableRows is { } rows
            ? new Val.Host(rows.ToScalar())
            : new Val.Number(new Expression.Length(space, r.Of), ValueKind.Integer);
    }

    private int Operand(ElementOperand operand)
    {
        int at = reads.Operands.IndexOf(operand);
        if (at >= 0) return at;
        reads.Operands.Add(operand);
        return reads.Operands.Count - 1;
    }

    /// <summary>A method that the host runs: on host values alone, on integers of rows, or on a difference of positions of a pair.</summary>
    private Val HostCall(CallExpr c, (string? Name, Val Value)[] arguments)
    {
        ValueKind kind = c.HostResult ?? ValueKind.Real;
        if (arguments.All(a => a.Value is Val.Host))
            return new Val.Host(new Scalar.HostCall(c.Name, arguments.Select(a => ((Val.Host)a.Value).Value).ToEquatableArray(), kind));
        if (arguments.All(a => a.Value is Val.Integers or Val.Host) && kind == ValueKind.Integer)
        {
            Val.Integers[] integers = [.. arguments.Select((a, i) => IntegersArgument(a.Value, c.Arguments[i].Value))];
            return new Val.Integers(
                integers.Aggregate(Val.Rows.Table, (s, i) => JoinIntegers(s, i.Space, c)), new RowInteger.Call(c.Name, integers.Select(i => i.Value).ToEquatableArray()));
        }
        Val.Number[] numbers = [.. arguments.Select((a, i) => NumberOf(a.Value, c.Arguments[i].Value))];
        var call = new Expression.HostCall(c.Name, numbers.Select(n => n.Expression).ToEquatableArray(), kind);
        if (kind != ValueKind.Integer || !DifferenceFunction.Is(call))
            throw Fail(Rules.NotCompilable, c,
                "C# of your own runs on the host, which knows hyper-parameters, integers of rows and i - j of a score or mask: call it with those and let it "
                + "answer with an integer, or write it in the language");
        return new Val.Number(call, kind);
    }

    private static bool IsTruth(BinaryOp op) => op >= BinaryOp.Equal && op <= BinaryOp.Or;

    private static ValueKind Wider(ValueKind a, ValueKind b) => a == b ? a : ValueKind.Real;
}
