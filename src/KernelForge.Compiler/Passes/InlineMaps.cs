using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Build;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Passes;

/// <summary>Puts an elementwise value that is read once into the expression of its reader.</summary>
/// <remarks>
/// Requires: a verified graph.
/// Ensures: a map whose result is read once, by a map or reduction of the same body and rows, is gone, unless the expression would grow beyond a limit.
/// </remarks>
internal sealed class InlineMaps : IPass
{
    // A leaf that an expression reads twice doubles what is put in its place; the printers compute equal parts once, up to here.
    private const int LargestExpression = 400;

    public string Name => "inline maps";

    public Graph Run(Graph graph)
    {
        Dictionary<int, int> reads = Bodies.CountReads(graph);
        return Bodies.Rewrite(graph, body =>
        {
            Dictionary<int, Node.Map> candidates = [];
            HashSet<int> inlined = [];
            List<Node> result = [];
            foreach (Node node in body)
            {
                Node rewritten = node switch
                {
                    Node.Map m => Inline(m.Operands, m.Value) is var (o, v) ? m with { Operands = o, Value = v } : m,
                    Node.Reduce r => Inline(r.Operands, r.Value) is var (o, v) ? r with { Operands = o, Value = v } : r,
                    _ => node,
                };
                if (rewritten is Node.Map map && reads.TryGetValue(map.Result, out int n) && n == 1) candidates[map.Result] = map;
                result.Add(rewritten);
            }
            return [.. result.Where(n => n is not Node.Map m || !inlined.Contains(m.Result))];

            (EquatableArray<KernelOperand> Operands, Expression Value) Inline(EquatableArray<KernelOperand> operands, Expression value)
            {
                List<KernelOperand> merged = [];
                Expression[] leaves = new Expression[operands.Count];
                for (int i = 0; i < operands.Count; i++)
                {
                    bool inline = operands[i] is KernelOperand.Rows r && Bodies.IsWhole(graph, r.View) && candidates.ContainsKey(r.View.Buffer)
                        && value.All().Count() + (Occurrences(value, i) * candidates[r.View.Buffer].Value.All().Count()) <= LargestExpression;
                    if (inline)
                    {
                        int source = ((KernelOperand.Rows)operands[i]).View.Buffer;
                        inlined.Add(source);
                        leaves[i] = GraphBuilder.Append(merged, candidates[source].Operands, candidates[source].Value);
                    }
                    else
                    {
                        leaves[i] = GraphBuilder.Append(merged, [operands[i]], new Expression.Read(0));
                    }
                }
                return (merged.ToEquatableArray(), value.Replace(e => e is Expression.Read r ? leaves[r.Number] : null));
            }
        });
    }

    private static int Occurrences(Expression value, int operand) => value.All().Count(e => e is Expression.Read r && r.Number == operand);
}
