using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

internal sealed partial class GraphBuilder
{
    /// <summary>
    /// Follows both arms, each on its own copy of the locals, and merges what they leave behind: locals that existed before, and the value
    /// that they return. A condition that is known follows one arm alone.
    /// </summary>
    private Val? Choose(Scalar condition, SourceSpan span, Func<Scope, Val?> then, Func<Scope, Val?> otherwise, Scope scope)
    {
        if (condition is Scalar.Truth known) return (known.Value ? then : otherwise)(scope);
        Scope left = scope.Copy(), right = scope.Copy();
        (List<Node> leftBody, Val? leftResult) = Enclosed(new BodyScope.Arm(condition), () => then(left));
        (List<Node> rightBody, Val? rightResult) = Enclosed(new BodyScope.Arm(Scalars.Unary(UnaryOp.Not, condition)), () => otherwise(right));
        List<MergedValue> merged = [];
        List<MergedRows> mergedRows = [];
        Val? result = leftResult is null || rightResult is null ? null : Merge("result", leftResult, rightResult);
        if (result is null && (leftResult ?? rightResult) is not null)
            throw Fail(Rules.NoEntry, span, "one arm of the branch returns a value and the other ends without one");
        foreach (string name in left.Locals.Keys.Where(right.Locals.ContainsKey).ToArray())
        {
            Val a = left.Locals[name], b = right.Locals[name];
            // Two locals of the arms' own may have one name: they are no value behind the branch.
            if (scope.Locals.ContainsKey(name) || CanMerge(a, b)) scope.Locals[name] = Merge(name, a, b);
        }
        if (leftBody.Count + rightBody.Count > 0 || merged.Count > 0)
            body.Add(new Node.Branch(
                condition, leftBody.ToEquatableArray(), rightBody.ToEquatableArray(), merged.ToEquatableArray(), mergedRows.ToEquatableArray()));
        return result;

        Val Merge(string name, Val a, Val b)
        {
            if (a.Equals(b)) return a;
            if (a is Val.Tuple x && b is Val.Tuple y && x.Items.Count == y.Items.Count)
                return new Val.Tuple(x.Items.Select((item, i) => Merge(name, item, y.Items[i])).ToEquatableArray());
            if (a is Val.Host p && b is Val.Host q && p.Value.Kind == q.Value.Kind) return new Val.Host(Scalars.Conditional(condition, p.Value, q.Value));
            if (AsRows(a) is { Space: not Val.Rows.Table } one && AsRows(b) is { Space: not Val.Rows.Table } other && one.Space != other.Space
                && spaces[one.Space].IsOfInput && spaces[other.Space].IsOfInput)
                LearnSameRows(one.Space, other.Space);
            if (AsRows(a) is not { } l || AsRows(b) is not { } r || !CanBeChosen(l.Space, r.Space))
                throw Fail(Rules.LoopChangesShape, span, $"'{name}' is {Describe(a)} in one arm and {Describe(b)} in the other; both must be rows of the same sequences");
            bool sameWidth = AlwaysSameWidth(l.Columns, r.Columns);
            Size columns = sameWidth ? l.Columns : Chosen(condition, l.Columns, r.Columns);
            int space = MergeRows(name, l.Space, r.Space);
            View fromLeft = StoreIn(leftBody, l, name), fromRight = StoreIn(rightBody, r, name);
            Value value = NewValue(name, space, columns);
            int OfArm(Val.Rows arm) => arm.Space == space && sameWidth ? value.Id : NewValue(name, arm.Space, arm.Columns).Id;
            merged.Add(new MergedValue(value.Id, fromLeft, fromRight, OfArm(l), OfArm(r)));
            return Val.Rows.Of(space, value.Whole);
        }

        int MergeRows(string name, int a, int b)
        {
            if (a == b) return a;
            if (mergedRows.Find(m => m.Then == a && m.Else == b) is { } known) return known.Result;
            mergedRows.Add(new MergedRows(ChosenRows(name, a, scopes.Count), a, b));
            return mergedRows[mergedRows.Count - 1].Result;
        }
    }

    private bool CanMerge(Val a, Val b) => a.Equals(b) || (a, b) switch
    {
        (Val.Tuple x, Val.Tuple y) => x.Items.Count == y.Items.Count && x.Items.Zip(y.Items, CanMerge).All(can => can),
        (Val.Host p, Val.Host q) => p.Value.Kind == q.Value.Kind,
        (Val.Rows l, Val.Rows r) => CanBeChosen(l.Space, r.Space),
        _ => false,
    };

    private View StoreIn(List<Node> arm, Val.Rows rows, string name)
    {
        List<Node> outer = body;
        body = arm;
        View view = Store(rows, name);
        body = outer;
        return view;
    }
}
