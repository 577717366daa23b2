using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Passes;

/// <summary>What every pass needs: a rewrite of each body, innermost first, and how often each value is read.</summary>
internal static class Bodies
{
    public static Graph Rewrite(Graph graph, Func<IReadOnlyList<Node>, IReadOnlyList<Node>> rewrite) =>
        graph with { Body = Rewrite(graph.Body, rewrite) };

    private static EquatableArray<Node> Rewrite(EquatableArray<Node> body, Func<IReadOnlyList<Node>, IReadOnlyList<Node>> rewrite)
    {
        List<Node> inner = [.. body.Select(n => n switch
        {
            Node.Loop l => l with { Body = Rewrite(l.Body, rewrite) },
            Node.Branch b => b with { Then = Rewrite(b.Then, rewrite), Else = Rewrite(b.Else, rewrite) },
            _ => n,
        })];
        return rewrite(inner).ToEquatableArray();
    }

    /// <summary>For each value, how many operands and views read it anywhere in the graph.</summary>
    public static Dictionary<int, int> CountReads(Graph graph)
    {
        Dictionary<int, int> counts = [];
        IEnumerable<View> views = graph.AllNodes.SelectMany(n => n switch
        {
            Node.Loop l => l.Carried.SelectMany(c => (View[])[c.Initial, c.Next]),
            Node.Branch b => b.Merged.SelectMany(m => (View[])[m.Then, m.Else]),
            _ => n.Reads,
        });
        foreach (View v in views.Concat(graph.Outputs)) counts[v.Buffer] = counts.TryGetValue(v.Buffer, out int c) ? c + 1 : 1;
        return counts;
    }

    public static bool IsWhole(Graph graph, View view) => view.Equals(graph.Values[view.Buffer].Whole);
}
