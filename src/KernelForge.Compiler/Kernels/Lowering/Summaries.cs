using System.Globalization;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels.Lowering;

/// <summary>Says in the user's terms what a kernel computes: the lines of the fusion table.</summary>
internal sealed class Summaries(Graph graph)
{
    public string Name(View view)
    {
        Value value = graph.Values[view.Buffer];
        string name = value.Name;
        return view.Equals(value.Whole) ? name : $"{name}[{view.Start} … {view.Start + view.Columns}]";
    }

    public string Of(Node.Gemm gemm) => string.Join("; ", gemm.Blocks.Select(b =>
        Name(graph.Values[b.Result].Whole) + " = " + ExpressionText.Of(b.Epilogue, e => e switch
        {
            Expression.Accumulator a => Product(b.Weights[a.Number]) + Name(gemm.Input),
            Expression.Read r => Operand(b.Operands[r.Number]),
            _ => null,
        })));

    public string Of(Node.Attention a) =>
        $"{Name(graph.Values[a.Result].Whole)} = Attention({Name(a.Query)}, {Name(a.Key)}, {Name(a.Value)}, heads: {a.Heads}"
        + (a.KeyValueHeads.Equals(a.Heads) ? "" : $", keyValueHeads: {a.KeyValueHeads}")
        + (a.Score is null ? "" : ", score: " + ExpressionText.Of(a.Score, e => Lambda(a.Operands, e)))
        + (a.Mask is null ? "" : ", mask: " + ExpressionText.Of(a.Mask, e => Lambda(a.Operands, e))) + (a.Softmax ? "" : ", softmax: false") + ")";

    public string Of(Node.Each e) => $"{Name(graph.Values[e.Result].Whole)} = (t, f) => {ExpressionText.Of(e.Value, x => Lambda(e.Operands, x))}";

    public string Of(Node.Scan s) =>
        $"{Name(graph.Values[s.Result].Whole)} = Scan{(s.Backwards ? " backwards" : "")} of {s.States} states: h = {ExpressionText.Of(s.Step, x => Lambda(s.Operands, x))}; "
        + $"sum of {ExpressionText.Of(s.Value, x => Lambda(s.Operands, x))}";

    public string Of(Node.Bank b) =>
        $"{Name(graph.Values[b.Result].Whole)} = {WeightName(b.Weight)}[{Name(b.Index)}]{Dot(b.Weight)}{Name(b.Input)}" + (b.Bias is null ? "" : " + bias");

    public string Of(Node.Segment s) => $"{Name(graph.Values[s.Result].Whole)} = {s.Reduction} of {Name(s.Input)} over each sequence";

    public string Of(IReadOnlyList<Node> rows) => string.Join("; ", rows.Select(n => n switch
    {
        Node.Map m => Name(graph.Values[m.Result].Whole) + " = " + Text(m.Value, m.Operands),
        Node.Reduce r => Name(graph.Values[r.Result].Whole) + $" = {r.Reduction}({Text(r.Value, r.Operands)}" + (r.Groups.IsOne ? ")" : $", groups: {r.Groups})"),
        Node.Concat c => Name(graph.Values[c.Result].Whole) + " = Concat(" + string.Join(", ", c.Parts.Select(Operand)) + ")",
        _ => "",
    }));

    private string Text(Expression value, EquatableArray<KernelOperand> operands) =>
        ExpressionText.Of(value, e => e is Expression.Read r ? Operand(operands[r.Number]) : null);

    private string Operand(KernelOperand operand) => operand switch
    {
        KernelOperand.Rows r => Name(r.View),
        KernelOperand.PerSequence p => Name(p.View),
        KernelOperand.Vector v => graph.Parameters[v.Parameter].Path.ToString(),
        KernelOperand.Gather g => WeightName(g.Parameter) + "[" + Integer(g.Index) + "]",
        _ => "?",
    };

    private string Integer(RowInteger value) => value switch
    {
        RowInteger.Ids i => graph.Inputs[i.Input].Name,
        RowInteger.Types t => graph.Inputs[t.Input].Name + ".Types",
        RowInteger.Position => "Positions",
        RowInteger.Affine a => (a.Factor.Constant == 1 ? "" : ScalarText.Of(a.Factor) + " * ") + Integer(a.Value)
            + (a.Offset.Constant is { } o ? (o == 0 ? "" : o < 0 ? " - " + (-o).ToString(CultureInfo.InvariantCulture) : " + " + o.ToString(CultureInfo.InvariantCulture)) : " + " + ScalarText.Of(a.Offset)),
        RowInteger.Length l => $"length of {graph.RowSpaces[l.Space].Name}",
        RowInteger.Constant c => ScalarText.Of(c.Value),
        RowInteger.Binary b => $"({Integer(b.Left)} {OperatorText.Symbol(b.Op)} {Integer(b.Right)})",
        RowInteger.Call c => $"{c.Method}({string.Join(", ", c.Arguments.Select(Integer))})",
        RowInteger.Host h => Integer(graph.HostIntegers[h.Number].Value),
        _ => "?",
    };

    private string? Lambda(EquatableArray<ElementOperand> operands, Expression e)
    {
        return e switch
        {
            Expression.Element x => OperandName(operands[x.Number]) + "[" + string.Join(", ", x.Indices.Select(Text)) + "]",
            Expression.TokenElement t => OperandName(operands[t.Number]) + "[" + Row(t.Row) + At(t.Position) + ", " + Text(t.Column) + "]",
            Expression.IntegerElement i => OperandName(operands[i.Number]) + "[" + Row(i.Row) + At(i.Position) + "]",
            Expression.Length l => $"length of {graph.RowSpaces[l.Space].Name}",
            _ => null,
        };

        string Text(Expression part) => ExpressionText.Of(part, y => Lambda(operands, y));

        string At(Expression? position) => position is null ? "" : ", " + Text(position);

        static string Row(RowOf of) => of switch { RowOf.Query => "i", RowOf.Key => "j", _ => "t" };
    }

    private string OperandName(ElementOperand operand) => operand switch
    {
        ElementOperand.Rows r => Name(r.View),
        ElementOperand.Table t => Name(t.View),
        ElementOperand.Parameter p => graph.Parameters[p.Number].Path.ToString(),
        ElementOperand.Integers i => Integer(i.Value),
        _ => "?",
    };

    private string Product(int weight) => WeightName(weight) + Dot(weight);

    /// <summary>The sign of a product, with its precision where that is pinned.</summary>
    private string Dot(int weight) => graph.Parameters[weight].Precision is { } pinned ? $" ·{pinned} " : " · ";

    private string WeightName(int parameter)
    {
        EquatableArray<PathSegment> path = graph.Parameters[parameter].Path.Segments;
        PathSegment segment = path.Count > 1 ? path[path.Count - 2] : path[0];
        return segment.Name;
    }
}
