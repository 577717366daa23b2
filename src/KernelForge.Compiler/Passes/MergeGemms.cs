using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Passes;

/// <summary>Makes one product of those that share their input: queries, keys and values are read once.</summary>
/// <remarks>
/// Ensures: two products of a body with the same input and in the same precision are one, unless something between them needs the first.
/// </remarks>
internal sealed class MergeGemms : IPass
{
    public string Name => "merge GEMMs that share an input";

    public Graph Run(Graph graph) => Bodies.Rewrite(graph, body =>
    {
        List<Node> result = [.. body];
        for (int first = 0; first < result.Count; first++)
        {
            if (result[first] is not Node.Gemm a) continue;
            for (int second = first + 1; second < result.Count; second++)
            {
                bool reads = result[second].Reads.Any(v => a.Defines.Contains(v.Buffer));
                if (!reads && result[second] is Node.Gemm b && b.Input.Equals(a.Input) && PrecisionOf(a) == PrecisionOf(b))
                {
                    result[second] = b with { Blocks = a.Blocks.Concat(b.Blocks).ToEquatableArray() };
                    result.RemoveAt(first--);
                    break;
                }
                if (reads) break;
            }
        }
        return result;

        ProductPrecision? PrecisionOf(Node.Gemm gemm) => graph.Parameters[gemm.Blocks[0].Weights[0]].Precision;
    });
}
