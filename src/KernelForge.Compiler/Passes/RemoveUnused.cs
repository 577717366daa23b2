using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Passes;

/// <summary>Removes what nothing reads.</summary>
/// <remarks>Ensures: every node defines a value that is read, or that is a result, or rows of such a value.</remarks>
internal sealed class RemoveUnused : IPass
{
    public string Name => "remove unused";

    public Graph Run(Graph graph)
    {
        while (true)
        {
            Dictionary<int, int> reads = Bodies.CountReads(graph);
            (HashSet<int> spaces, HashSet<int> integers) = UsedRows.Of(graph);
            Graph next = Bodies.Rewrite(graph, body => [.. body.Select(Trim).Where(IsUsed)]);
            if (next.Equals(graph)) return graph;
            graph = next;

            bool IsUsed(Node n) => n switch
            {
                Node.Lengths r => spaces.Contains(r.Space),
                Node.Integers i => integers.Contains(i.Number),
                _ => n.Defines.Any(reads.ContainsKey) || UsedRows.ChosenBy(n).Any(spaces.Contains),
            };

            // A loop that is there for its rows alone carries no values.
            Node Trim(Node n) => n switch
            {
                Node.Branch b => b with
                {
                    Merged = b.Merged.Where(m => reads.ContainsKey(m.Result)).ToEquatableArray(),
                    Rows = b.Rows.Where(m => spaces.Contains(m.Result)).ToEquatableArray(),
                },
                Node.Loop l => l with
                {
                    Carried = l.Defines.Any(reads.ContainsKey) ? l.Carried : [],
                    Rows = l.Rows.Where(c => spaces.Contains(c.Inside) || spaces.Contains(c.Result)).ToEquatableArray(),
                },
                _ => n,
            };
        }
    }
}
