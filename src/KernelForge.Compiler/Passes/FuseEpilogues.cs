using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Build;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Passes;

/// <summary>
/// Moves the elementwise work on a product of weights (bias, activation, residual) into the store of its tile; a map of two products of
/// the same input (a gate) becomes one block with two weights.
/// </summary>
/// <remarks>
/// Requires: maps are inlined.
/// Ensures: a product that is read by one map alone, over all its columns, is computed together with that map.
/// </remarks>
internal sealed class FuseEpilogues : IPass
{
    /// <summary>Sums of so many weights fit in a tile's registers side by side; a further product is read from memory.</summary>
    private const int MostWeights = 2;

    public string Name => "fuse epilogues";

    public Graph Run(Graph graph)
    {
        Dictionary<int, int> reads = Bodies.CountReads(graph);
        return Bodies.Rewrite(graph, body =>
        {
            Dictionary<int, Node.Gemm> products = [];
            HashSet<Node> fused = [];
            List<Node> result = [];
            foreach (Node node in body)
            {
                if (node is Node.Gemm { Blocks: { Count: 1 } blocks } gemm && blocks[0].Epilogue is Expression.Accumulator)
                    products[blocks[0].Result] = gemm;
                result.Add(node is Node.Map map && Fuse(map) is { } fusedNode ? fusedNode : node);
            }
            return [.. result.Where(n => !fused.Contains(n))];

            Node.Gemm? Fuse(Node.Map map)
            {
                // What the epilogue reads besides the sums must lie in rows or vectors.
                if (map.Operands.Any(o => o is KernelOperand.Gather)) return null;
                Node.Gemm[] sources = [.. map.Operands.Select(ProductOf).OfType<Node.Gemm>()];
                if (sources.Length == 0) return null;
                // The last product has everything else at hand; others join it when they have the same input and precision.
                Node.Gemm last = sources[sources.Length - 1];
                View input = last.Input;
                List<int> weights = [];
                List<KernelOperand> operands = [];
                Expression[] leaves = new Expression[map.Operands.Count];
                for (int i = 0; i < leaves.Length; i++)
                {
                    if (weights.Count < MostWeights && ProductOf(map.Operands[i]) is { } source && source.Input.Equals(input)
                        && PrecisionOf(source) == PrecisionOf(last))
                    {
                        leaves[i] = new Expression.Accumulator(weights.Count);
                        weights.Add(source.Blocks[0].Weights[0]);
                        fused.Add(source);
                    }
                    else
                    {
                        leaves[i] = GraphBuilder.Append(operands, [map.Operands[i]], new Expression.Read(0));
                    }
                }
                Expression epilogue = map.Value.Replace(e => e is Expression.Read r ? leaves[r.Number] : null);
                return new Node.Gemm(input, [new GemmNodeBlock(map.Result, weights.ToEquatableArray(), operands.ToEquatableArray(), epilogue)]);

                ProductPrecision? PrecisionOf(Node.Gemm gemm) => graph.Parameters[gemm.Blocks[0].Weights[0]].Precision;

                Node.Gemm? ProductOf(KernelOperand operand) =>
                    operand is KernelOperand.Rows r && products.TryGetValue(r.View.Buffer, out Node.Gemm? product)
                    && Bodies.IsWhole(graph, r.View) && reads[r.View.Buffer] == 1
                    && graph.Values[map.Result].Columns.Equals(r.View.Columns) && graph.Values[map.Result].Rows == graph.Values[r.View.Buffer].Rows
                        ? product : null;
            }
        });
    }
}
