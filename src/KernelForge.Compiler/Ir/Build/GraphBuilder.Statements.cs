using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

internal sealed partial class GraphBuilder
{
    /// <summary>Follows statements from <paramref name="at"/> on; the value that they return, or null where they end without one.</summary>
    private Val? Execute(IReadOnlyList<Statement> statements, int at, Scope scope)
    {
        for (; at < statements.Count; at++)
        {
            switch (statements[at])
            {
                case ReturnStatement r:
                    return Evaluate(r.Value, scope);
                case AssignStatement a:
                    Assign(a, scope);
                    break;
                case ForEachStatement f:
                    ExecuteForEach(f, scope);
                    break;
                case ForStatement f:
                    ExecuteLoop(f.Variable, HostInteger(f.Start, scope), HostInteger(f.End, scope), _ => null, f.Body, f.Span, scope);
                    break;
                case IfStatement i when !Returns(i):
                    ExecuteIf(i, scope);
                    break;
                case IfStatement i:
                    // An arm that returns takes with it what follows; the other arm goes on.
                    return Choose(
                        Condition(i.Condition, scope), i.Span,
                        s => Execute(Continue(i.Then, statements, at + 1), 0, s), s => Execute(Continue(i.Else, statements, at + 1), 0, s), scope);
                default:
                    throw Fail(Rules.UnsupportedStatement, statements[at].Span, "this statement is not part of the language");
            }
        }
        return null;
    }

    private static Statement[] Continue(EquatableArray<Statement> arm, IReadOnlyList<Statement> statements, int next) =>
        Returns(arm) ? [.. arm] : [.. arm, .. statements.Skip(next)];

    private static bool Returns(IfStatement i) => Returns(i.Then) || Returns(i.Else);

    private static bool Returns(IEnumerable<Statement> statements) => statements.Any(s => s is ReturnStatement || (s is IfStatement i && Returns(i)));

    private void Assign(AssignStatement a, Scope scope)
    {
        Val value = Evaluate(a.Value, scope);
        if (a.Targets.Count == 1)
        {
            Rename(value, a.Targets[0]);
            scope.Locals[a.Targets[0]] = value;
            return;
        }
        if (value is not Val.Tuple t || t.Items.Count != a.Targets.Count)
            throw Fail(Rules.KindMismatch, a.Value, $"{a.Targets.Count} values are expected here, got {Describe(value)}");
        for (int i = 0; i < t.Items.Count; i++)
        {
            if (a.Targets[i] == "_") continue;
            Rename(t.Items[i], a.Targets[i]);
            scope.Locals[a.Targets[i]] = t.Items[i];
        }
    }

    private void ExecuteForEach(ForEachStatement f, Scope scope)
    {
        if (FieldOf(scope, f.Field) is not Val.Field { Spec: LayersField spec } layersField)
            throw Fail(Rules.KindMismatch, f.Span, $"'{f.Field}' is not a Layers<T>: foreach goes over those alone");
        Scalar count = LayerCount(layersField.Owner, spec);
        ExecuteLoop(f.Variable, Scalar.Of(0), count, index => new Val.Layer(Element(layersField.Owner, spec, index)), f.Body, f.Span, scope);
    }

    private Scalar LayerCount(LayerInstance owner, LayersField spec) => HostInteger(spec.Count, new Scope(owner, []));

    /// <param name="variable">What the loop's variable stands for, or null for the index itself.</param>
    private void ExecuteLoop(
        string name, Scalar start, Scalar end, Func<Scalar, Val?> variable, EquatableArray<Statement> statements, SourceSpan span, Scope scope)
    {
        if (Returns(statements)) throw Fail(Rules.UnsupportedStatement, span, "a loop does not return; assign to a local and return it after the loop");
        string indexName = LoopIndexOf(start, end);
        var index = new Scalar.Index(indexName);
        List<Node> outer = body;
        Scope inner = scope.Copy();
        List<(string Name, Value Inside, View Initial)> carried = [];
        foreach (string local in Assigned(statements).Distinct())
        {
            if (!scope.Locals.TryGetValue(local, out Val? before)) continue;
            if (before is not Val.Rows { Space: not Val.Rows.Table } rows)
                throw Fail(Rules.LoopChangesShape, span, $"the loop changes '{local}', {Describe(before)}; only tokens pass from one iteration to the next");
            View initial = Store(rows, local);
            Value inside = NewValue(local, rows.Space, rows.Columns);
            carried.Add((local, inside, initial));
            inner.Locals[local] = Val.Rows.Of(rows.Space, inside.Whole);
        }
        inner.Locals[name] = variable(index) ?? new Val.Host(index);

        body = [];
        openLoops.Push(indexName);
        Execute(statements, 0, inner);
        List<CarriedValue> values = [];
        foreach ((string local, Value inside, View initial) in carried)
        {
            Val after = inner.Locals[local];
            if (after is not Val.Rows rows || rows.Space != inside.Rows || !SameWidth(rows.Columns, inside.Columns))
                throw Fail(Rules.LoopChangesShape, span,
                    $"the loop turns '{local}' from {Describe(Val.Rows.Of(inside.Rows, inside.Whole))} into {Describe(after)}; it must keep its shape");
            View next = Store(rows, local);
            Value result = NewValue(local, inside.Rows, inside.Columns);
            values.Add(new CarriedValue(inside.Id, initial, next, result.Id));
            scope.Locals[local] = Val.Rows.Of(result.Rows, result.Whole);
        }
        openLoops.Pop();
        List<Node> loopBody = body;
        body = outer;
        if (values.Count > 0) body.Add(new Node.Loop(indexName, start, end, values.ToEquatableArray(), loopBody.ToEquatableArray()));
    }

    /// <summary>
    /// The name of a loop's index. Loops of one name have the same bounds: the weights that lie in them by it are there from the first to
    /// the last.
    /// </summary>
    private string LoopIndexOf(Scalar start, Scalar end)
    {
        for (int n = openLoops.Count; ; n++)
        {
            string name = n < 4 ? "ijkl".Substring(n, 1) : "i" + n;
            PlanLoop? known = loopIndices.Find(l => l.Index == name);
            if (known is null) loopIndices.Add(known = new PlanLoop(name, start, end));
            if (known.Start.Equals(start) && known.End.Equals(end) && !openLoops.Contains(name)) return name;
        }
    }

    private static IEnumerable<string> Assigned(IEnumerable<Statement> statements) => statements.SelectMany(s => s switch
    {
        AssignStatement a => a.Targets,
        IfStatement i => Assigned(i.Then).Concat(Assigned(i.Else)),
        ForEachStatement f => Assigned(f.Body),
        ForStatement f => Assigned(f.Body),
        _ => (IEnumerable<string>)[],
    });

    private void ExecuteIf(IfStatement i, Scope scope) =>
        Choose(Condition(i.Condition, scope), i.Span,
            s => { Execute(i.Then, 0, s); return null; }, s => { Execute(i.Else, 0, s); return null; }, scope);

    private Scalar Condition(Expr condition, Scope scope)
    {
        Val value = Evaluate(condition, scope);
        if (value is Val.Host { Value.Kind: ValueKind.Boolean } host) return host.Value;
        // A description branches over numbers of a lambda by expressions; C# that the host runs branches as it likes.
        string remedy = value is not (Val.Number or Val.Row) ? ""
            : "; a lambda chooses by '? :', and C# of ints, doubles and bools that others can call ('internal static') the host runs as it is";
        throw Fail(Rules.ConditionNotHost, condition,
            $"{Describe(value)} cannot decide here: a condition is a boolean of hyper-parameters and loop indices{remedy}");
    }

    /// <summary>
    /// Follows both arms, each on its own copy of the locals, and merges what they leave behind: locals that existed before, and the value
    /// that they return. A condition that is known follows one arm alone.
    /// </summary>
    private Val? Choose(Scalar condition, SourceSpan span, Func<Scope, Val?> then, Func<Scope, Val?> otherwise, Scope scope)
    {
        if (condition is Scalar.Truth known) return (known.Value ? then : otherwise)(scope);
        List<Node> outer = body;
        Scope left = scope.Copy(), right = scope.Copy();
        List<Node> leftBody = [], rightBody = [];
        Scalar before = reached;
        (body, reached) = (leftBody, Scalars.Binary(BinaryOp.And, before, condition));
        Val? leftResult = then(left);
        (body, reached) = (rightBody, Scalars.Binary(BinaryOp.And, before, Scalars.Unary(UnaryOp.Not, condition)));
        Val? rightResult = otherwise(right);
        reached = before;
        List<MergedValue> merged = [];
        Val? result = leftResult is null || rightResult is null ? null : Merge("result", leftResult, rightResult);
        if (result is null && (leftResult ?? rightResult) is not null)
            throw Fail(Rules.NoEntry, span, "one arm of the branch returns a value and the other ends without one");
        foreach (string name in left.Locals.Keys.Where(right.Locals.ContainsKey).ToArray())
            scope.Locals[name] = Merge(name, left.Locals[name], right.Locals[name]);
        body = outer;
        if (leftBody.Count + rightBody.Count > 0 || merged.Count > 0)
            body.Add(new Node.Branch(condition, leftBody.ToEquatableArray(), rightBody.ToEquatableArray(), merged.ToEquatableArray()));
        return result;

        Val Merge(string name, Val a, Val b)
        {
            if (a.Equals(b)) return a;
            if (a is Val.Tuple x && b is Val.Tuple y && x.Items.Count == y.Items.Count)
                return new Val.Tuple(x.Items.Select((item, i) => Merge(name, item, y.Items[i])).ToEquatableArray());
            if (a is Val.Host p && b is Val.Host q && p.Value.Kind == q.Value.Kind) return new Val.Host(Scalars.Conditional(condition, p.Value, q.Value));
            if (AsRows(a) is not { } l || AsRows(b) is not { } r || l.Space != r.Space || l.Space == Val.Rows.Table || !SameWidth(l.Columns, r.Columns))
                throw Fail(Rules.LoopChangesShape, span, $"'{name}' is {Describe(a)} in one arm and {Describe(b)} in the other; both must have one shape");
            body = leftBody;
            View fromLeft = Store(l, name);
            body = rightBody;
            View fromRight = Store(r, name);
            Value value = NewValue(name, l.Space, l.Columns);
            merged.Add(new MergedValue(value.Id, fromLeft, fromRight));
            return Val.Rows.Of(l.Space, value.Whole);
        }
    }
}
