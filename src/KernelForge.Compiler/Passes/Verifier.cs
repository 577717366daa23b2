using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;

namespace KernelForge.Compiler.Passes;

/// <summary>Checks that a graph is one: run after the builder and after every pass.</summary>
internal static class Verifier
{
    /// <exception cref="InvalidOperationException">The graph is broken: the pass that made it has an error.</exception>
    public static void Check(Graph graph, string after)
    {
        HashSet<int> defined = [.. graph.Inputs.Where(i => i.Value >= 0).Select(i => i.Value)];
        HashSet<int> everDefined = [.. defined];
        HashSet<int> known = [.. graph.RowSpaces.Where(s => !s.IsLocal).Select(s => s.Id)], knownIntegers = [.. graph.HostIntegers.Where(i => !i.IsLocal).Select(i => i.Id)];
        CheckBody(graph.Body, defined);
        foreach (View v in graph.Outputs) Require(defined.Contains(v.Buffer) && Bodies.IsWhole(graph, v), $"output {v.Buffer} is not a whole defined value");

        void CheckBody(IEnumerable<Node> body, HashSet<int> visible)
        {
            foreach (Node node in body)
            {
                switch (node)
                {
                    case Node.Loop l:
                        foreach (CarriedValue c in l.Carried) CheckView(c.Initial, visible, "initial");
                        CheckRows(l.Rows.Select(r => r.Initial), "initial");
                        HashSet<int> inside = [.. visible, .. l.Carried.Select(c => c.Inside)];
                        foreach (int id in l.Carried.SelectMany(c => c.OnePlace.Where(v => v != c.Result).Distinct())) Define(id);
                        foreach (CarriedValue c in l.Carried) Same(c.Entering, c.Initial);
                        (HashSet<int> outerRows, HashSet<int> outerIntegers) = (known, knownIntegers);
                        (known, knownIntegers) = ([.. known, .. l.Rows.Select(r => r.Inside)], [.. knownIntegers]);
                        CheckRows(l.Carried.Select(c => graph.Values[c.Inside].Rows), "carried");
                        CheckBody(l.Body, inside);
                        CheckRows(l.Rows.Select(r => r.Next), "next");
                        foreach (CarriedValue c in l.Carried)
                        {
                            CheckView(c.Next, inside, "next");
                            Same(c.Leaving, c.Next);
                        }
                        (known, knownIntegers) = (outerRows, outerIntegers);
                        known.UnionWith(UsedRows.ChosenBy(l));
                        break;
                    case Node.Branch b:
                        HashSet<int> then = [.. visible], otherwise = [.. visible];
                        foreach (int id in b.Merged.SelectMany(m => m.OnePlace.Where(v => v != m.Result).Distinct())) Define(id);
                        CheckArm(b.Then, then, b.Rows.Select(r => r.Then));
                        CheckArm(b.Else, otherwise, b.Rows.Select(r => r.Else));
                        foreach (MergedValue m in b.Merged)
                        {
                            CheckView(m.Then, then, "then");
                            CheckView(m.Else, otherwise, "else");
                            Same(m.OfThen, m.Then);
                            Same(m.OfElse, m.Else);
                        }
                        known.UnionWith(UsedRows.ChosenBy(b));
                        break;
                    case Node.Lengths r:
                        CheckRows(UsedRows.Of(graph, r), "lengths");
                        Require(known.Add(r.Space), $"rows {r.Space} are computed twice");
                        break;
                    case Node.Integers i:
                        CheckRows(UsedRows.Of(graph, i), "integers");
                        Require(knownIntegers.Add(i.Number), $"integers {i.Number} are computed twice");
                        break;
                    default:
                        foreach (View v in node.Reads) CheckView(v, visible, node.GetType().Name);
                        CheckRows(UsedRows.Of(graph, node), node.GetType().Name);
                        foreach (int n in UsedRows.Integers(node)) Require(knownIntegers.Contains(n), $"integers {n} are read where they are not computed");
                        CheckExpressions(node);
                        break;
                }
                foreach (int id in node.Defines)
                {
                    Define(id);
                    visible.Add(id);
                }
            }
        }

        void CheckArm(IEnumerable<Node> arm, HashSet<int> visible, IEnumerable<int> rows)
        {
            (HashSet<int> outerRows, HashSet<int> outerIntegers) = (known, knownIntegers);
            (known, knownIntegers) = ([.. known], [.. knownIntegers]);
            CheckBody(arm, visible);
            CheckRows(rows, "merged");
            (known, knownIntegers) = (outerRows, outerIntegers);
        }

        void CheckRows(IEnumerable<int> spaces, string where)
        {
            foreach (int space in spaces)
                Require(known.Contains(space), $"{where} needs rows {space} ('{graph.RowSpaces[space].Name}') that are not known there");
        }

        void CheckView(View v, HashSet<int> visible, string where) =>
            Require(visible.Contains(v.Buffer), $"{where} reads value {v.Buffer} ('{graph.Values[v.Buffer].Name}') that is not defined there");

        void Define(int id) => Require(everDefined.Add(id), $"value {id} is defined twice");

        void Same(int id, View v) =>
            Require(graph.Values[id].Rows == graph.Values[v.Buffer].Rows && graph.Values[id].Columns.Equals(v.Columns), $"value {id} changes its shape");

        void CheckExpressions(Node node)
        {
            switch (node)
            {
                case Node.Map m: CheckReads(m.Value, m.Operands.Count, 0); break;
                case Node.Reduce r: CheckReads(r.Value, r.Operands.Count, 0); break;
                case Node.Gemm g:
                    Require(g.Blocks.Count > 0, "a product without blocks");
                    foreach (GemmNodeBlock b in g.Blocks) CheckReads(b.Epilogue, b.Operands.Count, b.Weights.Count);
                    break;
                case Node.Each e:
                    CheckLambda(e.Value, e.Operands.Count);
                    break;
                case Node.Scan s:
                    CheckLambda(s.Step, s.Operands.Count);
                    CheckLambda(s.Value, s.Operands.Count);
                    break;
                case Node.Attention a:
                    if (a.Score is not null) CheckLambda(a.Score, a.Operands.Count);
                    if (a.Mask is not null) CheckLambda(a.Mask, a.Operands.Count);
                    break;
                default: break;
            }
        }

        void CheckLambda(Expression e, int operands)
        {
            HashSet<int> variables = [.. e.All().OfType<Expression.Fold>().Select(f => f.Id)];
            foreach (Expression x in e.All())
            {
                int read = x switch
                {
                    Expression.TokenElement t => t.Number,
                    Expression.Element t => t.Number,
                    Expression.IntegerElement t => t.Number,
                    _ => 0,
                };
                Require(read == 0 || read < operands, $"operand {read} of {operands}");
                if (x is Expression.Index i) Require(variables.Contains(i.Id), $"variable {i.Id} of no fold");
            }
        }

        void CheckReads(Expression e, int operands, int weights)
        {
            foreach (Expression x in e.All())
            {
                if (x is Expression.Read r) Require(r.Number < operands, $"operand {r.Number} of {operands}");
                if (x is Expression.Accumulator a) Require(a.Number < weights, $"weight {a.Number} of {weights}");
            }
        }

        void Require(bool holds, string what)
        {
            if (!holds) throw new InvalidOperationException($"{graph.Layer.Name} after '{after}': {what}");
        }
    }
}
