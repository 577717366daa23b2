using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Passes;

/// <summary>Which row spaces nodes need, and which of them loops and branches choose as they run.</summary>
internal static class UsedRows
{
    /// <summary>Row spaces that a node names, those of nested bodies included.</summary>
    public static IEnumerable<int> Of(Graph graph, Node node) => (node switch
    {
        Node.Lengths r => graph.RowSpaces[r.Space].Lengths is { } lengths ? Of(graph, lengths) : [],
        Node.Integers i => Of(graph, graph.HostIntegers[i.Number]),
        Node.Loop l => l.Body.SelectMany(n => Of(graph, n)).Concat(l.Rows.SelectMany(r => (int[])[r.Initial, r.Next]))
            .Concat(l.Carried.SelectMany(c => (int[])[c.Initial.Buffer, c.Next.Buffer, .. c.OnePlace]).Select(v => graph.Values[v].Rows)),
        Node.Branch b => b.Then.Concat(b.Else).SelectMany(n => Of(graph, n)).Concat(b.Rows.SelectMany(r => (int[])[r.Then, r.Else]))
            .Concat(b.Merged.SelectMany(m => (int[])[m.Then.Buffer, m.Else.Buffer, .. m.OnePlace]).Select(v => graph.Values[v].Rows)),
        _ => node.Reads.Select(v => v.Buffer).Concat(node.Defines).Select(v => graph.Values[v].Rows).Concat(Named(graph, node)),
    }).Distinct();

    /// <summary>Row spaces that a node says: of a loop, those after it.</summary>
    public static IEnumerable<int> ChosenBy(Node node) => node switch
    {
        Node.Loop l => l.Rows.Select(r => r.Result),
        Node.Branch b => b.Rows.Select(r => r.Result),
        _ => [],
    };

    /// <summary>Integers of the host that a node's kernel reads.</summary>
    public static IEnumerable<int> Integers(Node node) => node switch
    {
        Node.Map m => Gathered(m.Operands),
        Node.Reduce r => Gathered(r.Operands),
        Node.Concat c => Gathered(c.Parts),
        Node.Gemm g => g.Blocks.SelectMany(b => Gathered(b.Operands)),
        Node.Attention a => Read(a.Operands),
        Node.Each e => Read(e.Operands),
        Node.Scan s => Read(s.Operands),
        _ => [],
    };

    /// <summary>Every row space and all integers that the graph's results need.</summary>
    public static (HashSet<int> Spaces, HashSet<int> Integers) Of(Graph graph)
    {
        Node[] nodes = [.. graph.AllNodes];
        HashSet<int> spaces = [], integers = [];
        foreach (View v in graph.Outputs) Need(graph.Values[v.Buffer].Rows);
        foreach (Node node in nodes.Where(n => n is not (Node.Lengths or Node.Integers)))
        {
            IEnumerable<int> named = node switch
            {
                Node.Loop l => l.Carried.SelectMany(c => c.OnePlace).Select(v => graph.Values[v].Rows),
                Node.Branch b => b.Merged.SelectMany(m => m.OnePlace).Select(v => graph.Values[v].Rows),
                _ => Of(graph, node),
            };
            foreach (int space in named) Need(space);
            foreach (int number in Integers(node))
                if (integers.Add(number)) foreach (int space in Of(graph, graph.HostIntegers[number])) Need(space);
        }
        return (spaces, integers);

        void Need(int space)
        {
            if (!spaces.Add(space)) return;
            if (graph.RowSpaces[space].Lengths is { } lengths) foreach (int of in Of(graph, lengths)) Need(of);
            foreach (Node node in nodes)
            {
                if (node is Node.Loop l)
                    foreach (CarriedRows c in l.Rows.Where(c => c.Inside == space || c.Result == space)) { Need(c.Initial); Need(c.Next); }
                if (node is Node.Branch b)
                    foreach (MergedRows m in b.Rows.Where(m => m.Result == space)) { Need(m.Then); Need(m.Else); }
            }
        }
    }

    private static IEnumerable<int> Named(Graph graph, Node node) => node switch
    {
        Node.Attention a => Named(a.Operands, a.Score, a.Mask).Append(a.KeyRows),
        Node.Each e => Named(e.Operands, e.Value),
        Node.Scan s => Named(s.Operands, s.Step, s.Value),
        _ => [],
    };

    private static IEnumerable<int> Named(EquatableArray<ElementOperand> operands, params Expression?[] lambdas) => operands
        .SelectMany(o => o switch
        {
            ElementOperand.Rows r => [r.Space],
            ElementOperand.Integers i => [i.Space],
            _ => (IEnumerable<int>)[],
        })
        .Concat(lambdas.SelectMany(l => l is null ? [] : l.All()).OfType<Expression.Length>().Select(l => l.Space));

    private static IEnumerable<int> Of(Graph graph, PlanIntegers integers) => Of(graph, integers.Value).Append(integers.RowSpace);

    private static IEnumerable<int> Of(Graph graph, RowInteger value) => value.All().SelectMany(v => v switch
    {
        RowInteger.Length l => [l.Space],
        RowInteger.Host h => Of(graph, graph.HostIntegers[h.Number]),
        _ => (IEnumerable<int>)[],
    });

    private static IEnumerable<int> Gathered(IEnumerable<KernelOperand> operands) => Hosts(operands.OfType<KernelOperand.Gather>().Select(g => g.Index));

    private static IEnumerable<int> Read(IEnumerable<ElementOperand> operands) => Hosts(operands.OfType<ElementOperand.Integers>().Select(i => i.Value));

    private static IEnumerable<int> Hosts(IEnumerable<RowInteger> values) => values.SelectMany(v => v.All()).OfType<RowInteger.Host>().Select(h => h.Number);
}
