using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Passes;

/// <summary>Removes what nothing reads.</summary>
/// <remarks>Ensures: every node defines a value that is read, or that is a result.</remarks>
internal sealed class RemoveUnused : IPass
{
    public string Name => "remove unused";

    public Graph Run(Graph graph)
    {
        while (true)
        {
            Dictionary<int, int> reads = Bodies.CountReads(graph);
            Graph next = Bodies.Rewrite(graph, body => [.. body.Select(Trim).Where(n => n.Defines.Any(reads.ContainsKey))]);
            if (next.Equals(graph)) return graph;
            graph = next;

            Node Trim(Node n) => n is Node.Branch b ? b with { Merged = b.Merged.Where(m => reads.ContainsKey(m.Result)).ToEquatableArray() } : n;
        }
    }
}
