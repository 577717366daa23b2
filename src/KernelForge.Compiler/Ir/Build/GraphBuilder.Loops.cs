using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>
/// Loops. A loop is followed once, for any pass, with the values that it changes as they are in that pass. That they keep rows and width is assumed
/// first; where they do not, or what follows of it is wrong, the description is followed again with what was learned: <see cref="LoopShapes"/>.
/// </summary>
internal sealed partial class GraphBuilder
{
    private readonly LoopShapes shapes;
    private readonly List<PlanLoop> loopIndices = [];
    private int loops;

    /// <summary>A local that a loop changes.</summary>
    /// <param name="Before">The value before the loop.</param>
    /// <param name="Inside">The value in a pass.</param>
    private sealed record Carried(string Local, Val.Rows Before, Value Inside);

    /// <param name="variable">What the loop's variable stands for, or null for the index itself.</param>
    private void ExecuteLoop(
        string name, Scalar start, Scalar end, Func<Scalar, Val?> variable, EquatableArray<Statement> statements, SourceSpan span, Scope scope)
    {
        if (Returns(statements)) throw Fail(Rules.UnsupportedStatement, span, "a loop does not return; assign to a local and return it after the loop");
        LoopShapes.Loop learned = shapes.Of(loops++);
        var pass = new PlanLoop(LoopIndexOf(start, end), start, end);
        var index = new Scalar.Index(pass.Index);
        Scope inner = scope.Copy();
        List<Carried> carried = [];
        Dictionary<string, int> rowsInside = new(StringComparer.Ordinal);
        foreach (string local in Assigned(statements).Distinct())
        {
            if (!scope.Locals.TryGetValue(local, out Val? before)) continue;
            if (before is not Val.Rows { Space: not Val.Rows.Table } rows)
                throw Fail(Rules.LoopChangesShape, span, $"the loop changes '{local}', {Describe(before)}; only tokens pass from one iteration to the next");
            Val.Rows stored = Val.Rows.Of(rows.Space, Store(rows, local));
            carried.Add(new Carried(local, stored, NewValue(local, RowsInside(local, rows.Space), ColumnsInside(local, rows.Columns))));
            inner.Locals[local] = Val.Rows.Of(carried[carried.Count - 1].Inside.Rows, carried[carried.Count - 1].Inside.Whole);
        }
        (List<Node> loopBody, Val.Rows[] ends) = Enclosed(new BodyScope.Pass(pass), () =>
        {
            inner.Locals[name] = variable(index) ?? new Val.Host(index);
            try
            {
                Execute(statements, 0, inner);
                return carried.Select(c => EndOf(c, inner, span)).ToArray();
            }
            catch (CompileException e) when (IsOfShapes(e.Finding.Rule) && learned.MayFail)
            {
                learned.Failed(e);
                throw new LearnedException();
            }
        });
        Learn(learned, pass, carried, ends, span);

        List<CarriedValue> values = [];
        List<CarriedRows> carriedRows = [];
        for (int i = 0; i < carried.Count; i++)
        {
            (string local, Val.Rows before, Value inside) = carried[i];
            LoopShapes.End end0 = learned.EndOf(local);
            int next = ends[i].Space, after = inside.Rows;
            if (end0.Rows is not null)
            {
                CarriedRows? known = carriedRows.Find(r => r.Inside == inside.Rows);
                if (known is null) carriedRows.Add(known = new CarriedRows(inside.Rows, before.Space, next, ChosenRows(local, before.Space, scopes.Count)));
                after = known.Result;
            }
            Size columns = end0.Columns is { } last ? ColumnsAfter(pass, local, before.Columns, last) : inside.Columns;
            bool keeps = end0.Rows is null && end0.Columns is null;
            Value result = NewValue(local, after, columns);
            int entering = keeps ? inside.Id : NewValue(local, before.Space, before.Columns).Id;
            int leaving = keeps ? inside.Id : NewValue(local, next, ends[i].Columns).Id;
            values.Add(new CarriedValue(inside.Id, before.Stored!, StoreIn(loopBody, ends[i], local), result.Id, entering, leaving));
            scope.Locals[local] = Val.Rows.Of(result.Rows, result.Whole);
        }
        if (values.Count > 0) body.Add(new Node.Loop(pass.Index, start, end, values.ToEquatableArray(), carriedRows.ToEquatableArray(), loopBody.ToEquatableArray()));

        int RowsInside(string local, int before)
        {
            if (learned.EndOf(local).Rows is not { } group) return before;
            if (!rowsInside.TryGetValue(group, out int known)) rowsInside[group] = known = ChosenRows(local, before, scopes.Count + 1);
            return known;
        }

        Size ColumnsInside(string local, Size before) => learned.IsProbe ? shapes.Probe(learned, local)
            : learned.EndOf(local).Columns is { } last ? ColumnsIn(pass, local, before, last) : before;
    }

    private Val.Rows EndOf(Carried c, Scope inner, SourceSpan span) =>
        inner.Locals[c.Local] is Val.Rows rows && (rows.Space == c.Before.Space || CanBeChosen(rows.Space, c.Before.Space)) ? rows
            : throw Fail(Rules.LoopChangesShape, span,
                $"the loop turns '{c.Local}' from {Describe(c.Before)} into {Describe(inner.Locals[c.Local])}; it must stay rows of the same sequences");

    /// <summary>Compares how the values are at the end of a pass with what was assumed; ends the attempt where that was wrong.</summary>
    private void Learn(LoopShapes.Loop learned, PlanLoop pass, List<Carried> carried, Val.Rows[] ends, SourceSpan span)
    {
        Dictionary<string, LoopShapes.End> found = new(StringComparer.Ordinal);
        for (int i = 0; i < ends.Length; i++)
        {
            Carried c = carried[i];
            LoopShapes.End assumed = learned.EndOf(c.Local);
            // By the width in the pass, where it follows from that.
            bool byPrevious = learned.IsProbe || (assumed.Columns is { } known && Recurs(known));
            Size columns = byPrevious ? Put(ends[i].Columns, c.Inside.Columns, new Scalar.Previous()) : ends[i].Columns;
            bool keepsWidth = assumed.Columns is { } last ? columns.Equals(last)
                : learned.IsProbe ? columns.Equals(Size.From(new Scalar.Previous())) : SameWidthForAllPasses(columns, c.Inside.Columns, pass);
            bool keepsRows = assumed.Rows is null && ends[i].Space == c.Before.Space;
            // Values that pass from the same rows to the same rows stay together.
            int first = carried.FindIndex(o => o.Before.Space == c.Before.Space && ends[carried.IndexOf(o)].Space == ends[i].Space);
            found[c.Local] = new LoopShapes.End(keepsWidth ? assumed.Columns : columns, keepsRows ? null : carried[first].Local);
            if (!keepsWidth && (learned.IsExhausted || shapes.IsProbed(columns, learned)))
                throw Fail(Rules.LoopChangesShape, span,
                    $"the loop turns '{c.Local}' from {Describe(c.Before)} into {Describe(ends[i])}, and its width cannot be told from that of the pass before");
        }
        if (learned.Confirms(found)) return;
        learned.Learn(found);
        throw new LearnedException();
    }

    private static Size Put(Size size, Size part, Scalar by) =>
        Size.From(Scalars.Replace(size.ToScalar(), s => s.Equals(part.ToScalar()) ? by : null));

    private bool SameWidthForAllPasses(Size columns, Size inside, PlanLoop pass) =>
        (UnknownName(inside) is null || !columns.LoopIndices.Contains(pass.Index)) && AlwaysSameWidth(columns, inside);

    private static bool IsOfShapes(Rule rule) => rule == Rules.WidthMismatch || rule == Rules.RowSpaceMismatch || rule == Rules.LoopChangesShape;

    /// <summary>
    /// The name of a loop's index. Loops of one name have the same bounds: the weights that lie in them by it are there from the first to
    /// the last.
    /// </summary>
    private string LoopIndexOf(Scalar start, Scalar end)
    {
        PlanLoop[] open = [.. scopes.OfType<BodyScope.Pass>().Select(p => p.Loop)];
        for (int n = open.Length; ; n++)
        {
            string name = n < 4 ? "ijkl".Substring(n, 1) : "i" + n;
            PlanLoop? known = loopIndices.Find(l => l.Index == name);
            if (known is null) loopIndices.Add(known = new PlanLoop(name, start, end));
            if (known.Start.Equals(start) && known.End.Equals(end) && open.All(o => o.Index != name)) return name;
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
}
