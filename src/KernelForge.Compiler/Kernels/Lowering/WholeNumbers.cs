using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels.Lowering;

/// <summary>
/// Which values are read as whole numbers: cast to an integer, compared with one, or naming the linear of a bank; integers that are results or
/// compared with one another; and what those are computed from by arithmetic. Elements of 16 bits would keep them only to 2048 or 256. What
/// products and attention take as rows is no number.
/// </summary>
internal sealed class WholeNumbers
{
    private readonly Dictionary<int, List<int>> sources = [];
    private readonly HashSet<int> rowsOfProducts = [], whole = [], compared = [];
    private readonly Queue<int> waiting = new();

    /// <summary>The values of a graph that has passed every pass, by id.</summary>
    public static HashSet<int> Of(Graph graph)
    {
        var numbers = new WholeNumbers();
        List<int> read = [.. graph.AllNodes.SelectMany(numbers.Follow)];
        HashSet<int> integers = [.. graph.AllNodes.OfType<Node.Each>().Where(e => IsInteger(e.Value)).Select(e => e.Result)];
        // Reals that are equal by chance (a tie of scores) are none: equality tells of integers alone.
        read.AddRange(numbers.compared.Concat(graph.Outputs.Select(o => o.Buffer)).Where(integers.Contains));
        // A value that goes round a loop and the loop's result lie in one place.
        foreach (CarriedValue c in graph.AllNodes.OfType<Node.Loop>().SelectMany(l => l.Carried))
            if (c.OnePlace.Any(numbers.rowsOfProducts.Contains)) numbers.rowsOfProducts.UnionWith(c.OnePlace);
        foreach (int value in read) numbers.Add(value);
        while (numbers.waiting.Count > 0)
            if (numbers.sources.TryGetValue(numbers.waiting.Dequeue(), out List<int>? of)) of.ForEach(numbers.Add);
        return numbers.whole;
    }

    private void Add(int value)
    {
        if (!rowsOfProducts.Contains(value) && whole.Add(value)) waiting.Enqueue(value);
    }

    /// <summary>Notes what a node's results are computed from; the values that it reads as whole numbers.</summary>
    private IEnumerable<int> Follow(Node node)
    {
        switch (node)
        {
            case Node.Map m:
                Source(m.Result, Numbers(m.Value, ViewsOf(m.Operands)));
                break;
            case Node.Reduce r:
                Source(r.Result, Numbers(r.Value, ViewsOf(r.Operands)));
                break;
            case Node.Concat c:
                Source(c.Result, Kernel.ViewsOf(c.Parts).Select(v => v.Buffer));
                break;
            case Node.Segment s:
                Source(s.Result, [s.Input.Buffer]);
                break;
            case Node.Gemm g:
                rowsOfProducts.Add(g.Input.Buffer);
                foreach (GemmNodeBlock b in g.Blocks) Source(b.Result, Numbers(b.Epilogue, ViewsOf(b.Operands)));
                break;
            case Node.Each e:
                Source(e.Result, Numbers(e.Value, ViewsOf(e.Operands)));
                return ReadAsWhole(e.Value, ViewsOf(e.Operands));
            case Node.Scan s:
                View?[] views = ViewsOf(s.Operands);
                Source(s.Result, Numbers(s.Step, views).Concat(Numbers(s.Value, views)));
                return ReadAsWhole(s.Step, views).Concat(ReadAsWhole(s.Value, views));
            case Node.Attention a:
                rowsOfProducts.UnionWith([a.Query.Buffer, a.Key.Buffer, a.Value.Buffer, a.Result]);
                return new[] { a.Score, a.Mask }.OfType<Expression>().SelectMany(e => ReadAsWhole(e, ViewsOf(a.Operands)));
            case Node.Bank b:
                rowsOfProducts.Add(b.Input.Buffer);
                return [b.Index.Buffer];
            case Node.Loop l:
                foreach (CarriedValue c in l.Carried)
                {
                    foreach (int one in c.OnePlace) Source(one, c.OnePlace);
                    Source(c.Inside, [c.Initial.Buffer, c.Next.Buffer]);
                }
                break;
            case Node.Branch b:
                foreach (MergedValue m in b.Merged) Source(m.Result, [m.Then.Buffer, m.Else.Buffer, m.OfThen, m.OfElse]);
                break;
        }
        return [];
    }

    private void Source(int result, IEnumerable<int> of)
    {
        if (!sources.TryGetValue(result, out List<int>? known)) sources[result] = known = [];
        known.AddRange(of);
    }

    private static bool IsInteger(Expression value) => value is Expression.Convert { To: ValueKind.Real, Argument.Kind: ValueKind.Integer };

    private IEnumerable<int> ReadAsWhole(Expression lambda, View?[] operands) => lambda.All().SelectMany(e =>
    {
        switch (e)
        {
            case Expression.Convert { To: ValueKind.Integer, Argument.Kind: ValueKind.Real } c: return Numbers(c.Argument, operands);
            case Expression.Binary { Op: >= BinaryOp.Equal and <= BinaryOp.GreaterOrEqual } b when b.Left.Kind == ValueKind.Integer:
                return Numbers(b.Right, operands);
            case Expression.Binary { Op: >= BinaryOp.Equal and <= BinaryOp.GreaterOrEqual } b when b.Right.Kind == ValueKind.Integer:
                return Numbers(b.Left, operands);
            case Expression.Binary { Op: BinaryOp.Equal or BinaryOp.NotEqual } b:
                compared.UnionWith(Numbers(b.Left, operands).Concat(Numbers(b.Right, operands)));
                return [];
            default: return [];
        }
    });

    /// <summary>The values that a number is computed from by arithmetic alone.</summary>
    private static IEnumerable<int> Numbers(Expression e, View?[] operands)
    {
        switch (e)
        {
            case Expression.Read r: return Value(r.Number);
            case Expression.TokenElement t: return Value(t.Number);
            case Expression.Element t: return Value(t.Number);
            case Expression.Unary u: return Numbers(u.Argument, operands);
            case Expression.Convert c: return Numbers(c.Argument, operands);
            case Expression.Binary { Op: BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply or BinaryOp.Divide or BinaryOp.Remainder } b:
                return Numbers(b.Left, operands).Concat(Numbers(b.Right, operands));
            case Expression.Select s: return Numbers(s.WhenTrue, operands).Concat(Numbers(s.WhenFalse, operands));
            case Expression.Call { Function: Primitive.Max or Primitive.Min or Primitive.Abs or Primitive.Floor } c:
                return c.Arguments.SelectMany(a => Numbers(a, operands));
            case Expression.Fold { FoldKind: not FoldKind.ArgMax } f: return Numbers(f.Body, operands);
            default: return [];
        }

        IEnumerable<int> Value(int operand) => operands[operand] is { } view ? [view.Buffer] : [];
    }

    private static View?[] ViewsOf(IEnumerable<ElementOperand> operands) => [.. operands.Select(o => o switch
    {
        ElementOperand.Rows r => r.View,
        ElementOperand.Table t => t.View,
        _ => null,
    })];

    private static View?[] ViewsOf(IEnumerable<KernelOperand> operands) => [.. operands.Select(o => o switch
    {
        KernelOperand.Rows r => r.View,
        KernelOperand.PerSequence p => p.View,
        _ => null,
    })];
}
