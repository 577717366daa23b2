using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Kernels.Lowering;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Reports;

/// <summary>A graph in words, a line a node: what a pass was given, and what it made of it.</summary>
/// <remarks>Values bear the user's names and numbers that tell apart those of one name: <c>x.3</c>.</remarks>
public static class GraphReport
{
    public static string Of(Graph graph)
    {
        // Numbered, as several values may have the name of one variable until the last pass names them.
        Graph numbered = graph with { Values = graph.Values.Select(v => v with { Name = Named(v) }).ToEquatableArray() };
        var summaries = new Summaries(numbered);
        List<string> lines = [];
        Write(numbered.Body, "");
        lines.Add("return " + string.Join(", ", numbered.Outputs.Select(summaries.Name)));
        return string.Join("\n", lines);

        void Write(IEnumerable<Node> body, string indent)
        {
            foreach (Node node in body)
            {
                switch (node)
                {
                    case Node.Lengths or Node.Integers:
                        break;
                    case Node.Loop l:
                        lines.Add($"{indent}for {l.Index} from {ScalarText.Of(l.Start)} to below {ScalarText.Of(l.End)}:");
                        foreach (CarriedValue c in l.Carried)
                            lines.Add($"{indent}    {Name(c.Inside)} = {summaries.Name(c.Initial)} at first, then {summaries.Name(c.Next)}");
                        Write(l.Body, indent + "    ");
                        foreach (CarriedValue c in l.Carried) lines.Add($"{indent}{Name(c.Result)} = {summaries.Name(c.Next)} of the last iteration");
                        break;
                    case Node.Branch b:
                        lines.Add($"{indent}if {ScalarText.Of(b.Condition)}:");
                        Write(b.Then, indent + "    ");
                        foreach (MergedValue m in b.Merged) lines.Add($"{indent}    {Name(m.Result)} = {summaries.Name(m.Then)}");
                        lines.Add($"{indent}else:");
                        Write(b.Else, indent + "    ");
                        foreach (MergedValue m in b.Merged) lines.Add($"{indent}    {Name(m.Result)} = {summaries.Name(m.Else)}");
                        break;
                    default:
                        lines.Add(indent + Line(node));
                        break;
                }
            }
        }

        string Line(Node node) => node switch
        {
            Node.Gemm g => "gemm       " + summaries.Of(g),
            Node.Attention a => "attention  " + summaries.Of(a),
            Node.Segment s => "segment    " + summaries.Of(s),
            Node.Each e => "each       " + summaries.Of(e),
            Node.Scan s => "scan       " + summaries.Of(s),
            Node.Bank b => "bank       " + summaries.Of(b),
            Node.Reduce => "reduce     " + summaries.Of([node]),
            Node.Concat => "concat     " + summaries.Of([node]),
            _ => "map        " + summaries.Of([node]),
        };

        string Name(int value) => numbered.Values[value].Name;
    }

    private static string Named(Value value) => $"{value.Name}.{value.Id}";
}
