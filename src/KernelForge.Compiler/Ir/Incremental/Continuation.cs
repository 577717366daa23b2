using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Incremental;

/// <summary>Rows of earlier runs that a kernel reads.</summary>
/// <param name="Reach">How many rows behind the first new one it reaches back; null for all there are.</param>
public sealed record KeptRows(Size? Reach);

/// <summary>
/// What a layer has to keep of a sequence so that later rows can be run by themselves: rows that later ones read, states of scans. And what of it depends on
/// rows to come, so that it cannot be run so.
/// </summary>
internal sealed class Continuation
{
    private readonly Graph graph;

    private Continuation(Graph graph, int space) => (this.graph, Space) = (graph, space);

    /// <summary>The row space that goes on from run to run.</summary>
    public int Space { get; }

    /// <summary>The continuation of an incremental layer; null for any other.</summary>
    public static Continuation? Of(Graph graph)
    {
        if (graph.Layer.Incremental is not { } name) return null;
        foreach (GraphInput input in graph.Inputs)
        {
            if (name.Length == 0 || input.Name == name) return new Continuation(graph, input.RowSpace);
        }
        return null;
    }

    /// <summary>Whether rows, or sequences, are those that go on; other batches are given once.</summary>
    public bool GoesOn(int space) => graph.RowSpaces[space].Input >= 0 && graph.RowSpaces[space].Input == graph.RowSpaces[Space].Input;

    /// <summary>Whether keys and values are kept.</summary>
    public bool KeepsKeys(Node.Attention attention) => GoesOn(RowsOf(attention.Result));

    public bool KeepsStates(Node.Scan scan) => GoesOn(RowsOf(scan.Result));

    /// <summary>The operands of a lambda, each with what it reads of earlier runs.</summary>
    public EquatableArray<ElementOperand> Operands(int result, EquatableArray<ElementOperand> operands, params Expression?[] lambdas)
    {
        int rows = RowsOf(result);
        if (!GoesOn(rows)) return operands;
        return operands.Select((o, i) => o is ElementOperand.Rows r ? r with { Kept = Kept(rows, result, r, Reads(lambdas, i), lambdas) } : o).ToEquatableArray();
    }

    /// <summary>What cannot be run row by row: the value, and why.</summary>
    public IEnumerable<(int Value, string Why)> Faults()
    {
        foreach (View output in graph.Outputs)
        {
            if (!GoesOn(RowsOf(output.Buffer))) yield return (output.Buffer, "a result has the rows that go on, or one a sequence of them");
        }
        foreach (Node node in graph.AllNodes)
        {
            foreach (int value in node.Defines)
            {
                if (Fault(node, value) is not { } why) continue;
                yield return (value, why);
            }
        }
    }

    private string? Fault(Node node, int value)
    {
        int rows = RowsOf(value);
        if (graph.RowSpaces[rows].IsLocal) return $"[{graph.RowSpaces[rows].Name}] differ from pass to pass of a loop, or by a branch: such rows are not kept";
        if (IsRagged(rows) && GoesOn(rows) && Factor(rows) is null)
            return $"[{graph.RowSpaces[rows].Name}] is not a fixed multiple of the rows that go on, so that a row more may change the rows there were";
        if (GoesOn(rows) && OnceASequence(node) is { } once)
            return $"'{graph.Values[once].Name}', a row a sequence of what is given once, is not kept; compute it before, and hand it in as rows";
        if (PerSequence(node) is { } perSequence && GoesOn(rows))
            return $"'{graph.Values[perSequence].Name}' is made of a whole sequence: a row more changes it, and with it the rows there were";
        return node switch
        {
            Node.Segment s when GoesOn(RowsOf(s.Input.Buffer)) => "it is made of all rows of a sequence, of which only the last ones are at hand: use SequenceLast",
            Node.Attention a => Fault(a, rows),
            Node.Each e when GoesOn(rows) => Fault(rows, value, e.Operands, e.Value),
            Node.Scan { Backwards: true } when GoesOn(rows) => "a scan from the end begins anew with every row that comes",
            Node.Scan s when GoesOn(rows) => Fault(rows, value, s.Operands, s.Step, s.Value),
            _ => null,
        };
    }

    private string? Fault(Node.Attention a, int rows)
    {
        if (!GoesOn(rows)) return GoesOn(a.KeyRows) ? "what is given once would look at rows to come" : null;
        if (IsSequences(rows) || IsSequences(a.KeyRows)) return "one query or key a sequence is made of all its rows, of which only the last ones are at hand";
        if (GoesOn(a.KeyRows) && (a.Mask is null || !new MaskBounds(a.Operands, graph.RowSpaces).AreKnown(a.Mask)))
            return "a query would see rows to come; mask them: mask: (i, j) => j <= i";
        return Fault(rows, a.Result, a.Operands, a.Score, a.Mask);
    }

    private string? Fault(int rows, int value, EquatableArray<ElementOperand> operands, params Expression?[] lambdas)
    {
        foreach (Expression.Length l in lambdas.SelectMany(l => l?.All() ?? []).OfType<Expression.Length>())
        {
            if (GoesOn(l.Space) && !IsSequences(rows)) return $"the length of a sequence of [{graph.RowSpaces[l.Space].Name}] changes with every row that comes";
        }
        for (int i = 0; i < operands.Count; i++)
        {
            switch (operands[i])
            {
                case ElementOperand.Integers integers when Reads(lambdas, i).Any(r => r.Position is not null || r.Row == RowOf.Key) || integers.Space != rows:
                    return "integers of other rows are not kept; read them at the row itself";
                case ElementOperand.Integers { Value: RowInteger.Host h } when OfLength(graph.HostIntegers[h.Number].Value):
                    return "the length of a sequence changes with every row that comes";
                case ElementOperand.Rows r when GoesOn(r.Space) && Future(rows, value, r, Reads(lambdas, i), lambdas) is { } why:
                    return why;
                case ElementOperand.Rows r when IsSequences(r.Space) && !IsSequences(rows):
                    return $"'{graph.Values[r.View.Buffer].Name}' is made of a whole sequence: a row more changes it, and with it the rows there were";
                default:
                    break;
            }
        }
        return null;
    }

    /// <summary>Why rows that go on would be read before they are there, or null.</summary>
    private string? Future(int rows, int value, ElementOperand.Rows operand, (RowOf Row, Expression? Position)[] reads, Expression?[] lambdas)
    {
        Dictionary<int, PositionRange> counts = Counts(value, lambdas);
        foreach ((RowOf row, Expression? position) in reads)
        {
            if (position is null || IsSequences(rows)) continue;
            string name = graph.Values[operand.View.Buffer].Name;
            if (row != RowOf.Row) return $"'{name}' is read at computed positions in a score or mask, of which nothing is known here";
            PositionBound? high = RangeOf(position, value, counts).High;
            Size of = Factor(rows)!, at = Factor(operand.Space) ?? Size.Zero;
            Size latest = of.IsOne ? at - Size.One : Size.Zero;
            bool isKnown = high is not null && (high.IsConstant
                ? high.Offset.Constant <= 0
                : !high.FromEnd && (high.Times * of).Equals(high.Per * at) && IsAtMost(high.Offset, latest));
            if (!isKnown) return $"'{name}' is read at positions that may lie behind the row itself, of rows to come";
        }
        return null;
    }

    private KeptRows? Kept(int rows, int value, ElementOperand.Rows operand, (RowOf Row, Expression? Position)[] reads, Expression?[] lambdas)
    {
        if (IsSequences(operand.Space)) return null;
        if (!GoesOn(operand.Space)) return new KeptRows(null);
        Dictionary<int, PositionRange> counts = Counts(value, lambdas);
        Size? reach = null;
        foreach ((RowOf row, Expression? position) in reads)
        {
            if (row == RowOf.Key) return new KeptRows(null);
            if (position is null) continue;
            if (RangeOf(position, value, counts).Low is not { IsConstant: false } low) return new KeptRows(null);
            Size at = Factor(operand.Space)!;
            // A sequence that is run has at least one new row: so many lie before its end.
            Size back = Size.Zero - low.Offset - (low.FromEnd ? at : Size.Zero);
            bool follows = low.FromEnd ? low.Times.Equals(at) : (low.Times * Factor(rows)!).Equals(low.Per * at);
            if (!follows) return new KeptRows(null);
            if (back.Constant <= 0) continue;
            if (reach is not null && !reach.Equals(back)) return new KeptRows(null);
            reach = back;
        }
        return reach is null ? null : new KeptRows(reach);
    }

    private PositionRange RangeOf(Expression position, int value, IReadOnlyDictionary<int, PositionRange> counts) =>
        PositionRange.Of(position, graph.Values[value].Columns, Factor, counts);

    /// <summary>The ranges of all variables of folds: from 0 to below their counts.</summary>
    private Dictionary<int, PositionRange> Counts(int value, Expression?[] lambdas)
    {
        Dictionary<int, PositionRange> counts = [];
        // Parents come first: a fold's count is computed outside of it.
        foreach (Expression.Fold f in lambdas.SelectMany(l => l?.All() ?? []).OfType<Expression.Fold>())
            counts[f.Id] = new PositionRange(PositionBound.Of(Size.Zero), RangeOf(f.Count, value, counts).High?.Plus(Size.Zero - Size.One));
        return counts;
    }

    private static (RowOf Row, Expression? Position)[] Reads(Expression?[] lambdas, int operand) =>
    [
        .. lambdas.SelectMany(l => l?.All() ?? []).Select(e => e switch
        {
            Expression.TokenElement t when t.Number == operand => (t.Row, t.Position),
            Expression.IntegerElement n when n.Number == operand => (n.Row, n.Position),
            _ => ((RowOf, Expression?)?)null,
        }).OfType<(RowOf, Expression?)>(),
    ];

    private static bool IsAtMost(Size a, Size b) => (a - b).Constant <= 0;

    /// <summary>How many rows a row space has for each that goes on, where that is the same for all.</summary>
    private Size? Factor(int space)
    {
        if (space == Space) return Size.One;
        if (!GoesOn(space)) return null;
        return graph.RowSpaces[space].Lengths is RowInteger.Binary { Op: BinaryOp.Multiply, Left: RowInteger.Length l, Right: RowInteger.Constant c } && l.Space == Space
            ? Size.From(c.Value)
            : null;
    }

    /// <summary>What the node reads of one row a sequence of batches that are given once: for what goes on, it is not there.</summary>
    private int? OnceASequence(Node node) => node is Node.Loop or Node.Branch
        ? null : node.Reads.Select(v => (int?)v.Buffer).FirstOrDefault(b => !GoesOn(RowsOf(b!.Value)) && IsSequences(RowsOf(b.Value)));

    private static int? PerSequence(Node node)
    {
        IEnumerable<KernelOperand> operands = node switch
        {
            Node.Map m => m.Operands,
            Node.Reduce r => r.Operands,
            Node.Concat c => c.Parts,
            Node.Gemm g => g.Blocks.SelectMany(b => b.Operands),
            _ => [],
        };
        return operands.OfType<KernelOperand.PerSequence>().FirstOrDefault()?.View.Buffer;
    }

    private bool OfLength(RowInteger value) => value.All().OfType<RowInteger.Length>().Any(l => GoesOn(l.Space));

    private bool IsSequences(int space) => graph.RowSpaces[space].SequencesOf is not null;

    private bool IsRagged(int space) => !IsSequences(space) && graph.RowSpaces[space].TableRows is null;

    private int RowsOf(int value) => graph.Values[value].Rows;
}
