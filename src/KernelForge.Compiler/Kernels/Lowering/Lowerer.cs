using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Incremental;
using KernelForge.Compiler.Passes;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels.Lowering;

/// <summary>
/// Graph → kernels. Products, attention and pooling are kernels of their own ("anchors"); everything between them that has the same rows and lies after
/// the same number of anchors becomes one row kernel.
/// </summary>
internal sealed class Lowerer
{
    private readonly Graph graph;
    private readonly Dictionary<int, int> reads;
    private readonly KernelNames names = new();
    private readonly Summaries summaries;
    private readonly Continuation? continuation;

    private Lowerer(Graph graph)
    {
        this.graph = graph;
        reads = Bodies.CountReads(graph);
        summaries = new Summaries(graph);
        continuation = Continuation.Of(graph);
    }

    public static EquatableArray<LoweredStep> Lower(Graph graph) => new Lowerer(graph).LowerBody(graph.Body);

    private EquatableArray<LoweredStep> LowerBody(IReadOnlyList<Node> body)
    {
        Dictionary<int, int> levels = [], levelsOfRows = [];
        Dictionary<int, Node> rowNodes = [];
        List<(int Level, int Order, Node Node)> placed = [];
        foreach (Node node in body)
        {
            bool anchor = !IsRowNode(node);
            int level = 0;
            foreach (View v in node.Reads)
            {
                if (!levels.TryGetValue(v.Buffer, out int of)) continue;
                // A part of a row, or a row put together from parts, is read from memory: by a later kernel.
                bool apart = rowNodes.TryGetValue(v.Buffer, out Node? source) && !anchor && (source is Node.Concat || !Bodies.IsWhole(graph, v));
                level = Math.Max(level, apart ? of + 1 : of);
            }
            foreach (int space in UsedRows.Of(graph, node))
                if (levelsOfRows.TryGetValue(space, out int of)) level = Math.Max(level, of);
            if (node is Node.Lengths or Node.Integers)
            {
                if (node is Node.Lengths rows) levelsOfRows[rows.Space] = level;
                placed.Add((level, placed.Count, node));
                continue;
            }
            if (anchor) level++;
            // What a loop or branch says of rows is known behind it.
            foreach (int space in UsedRows.ChosenBy(node)) levelsOfRows[space] = level + 1;
            foreach (int d in node.Defines)
            {
                levels[d] = level;
                if (!anchor) rowNodes[d] = node;
            }
            placed.Add((level, placed.Count, node));
        }

        List<LoweredStep> steps = [];
        foreach (IGrouping<int, (int Level, int Order, Node Node)> level in placed.GroupBy(p => p.Level).OrderBy(g => g.Key))
        {
            foreach (Node host in level.Select(p => p.Node))
            {
                if (host is Node.Lengths r) steps.Add(new LoweredStep.Host(new Step.Lengths(r.Space)));
                if (host is Node.Integers i) steps.Add(new LoweredStep.Host(new Step.Integers(i.Number)));
            }
            foreach (Node anchor in level.Select(p => p.Node).Where(n => !IsRowNode(n) && n is not (Node.Lengths or Node.Integers))) LowerAnchor(anchor, steps);
            // Rows of sequences first: rows of tokens may read them.
            foreach (IGrouping<int, Node> cluster in level.Select(p => p.Node).Where(IsRowNode).GroupBy(RowsOf)
                .OrderBy(c => graph.RowSpaces[c.Key].SequencesOf is null).ThenBy(c => c.Key))
                steps.Add(new LoweredStep.Run(LowerRows(cluster.Key, [.. cluster])));
        }
        return steps.ToEquatableArray();
    }

    private static bool IsRowNode(Node node) => node is Node.Map or Node.Reduce or Node.Concat;

    private int RowsOf(Node node) => graph.Values[node.Defines.First()].Rows;

    private void LowerAnchor(Node node, List<LoweredStep> steps)
    {
        switch (node)
        {
            case Node.Gemm g:
                GemmBlock[] blocks = [.. g.Blocks.Select(b => new GemmBlock(b.Weights, b.Operands, b.Epilogue, graph.Values[b.Result].Whole))];
                steps.Add(new LoweredStep.Run(new GemmKernel(
                    names.Unique(string.Join("_", g.Blocks.SelectMany(b => b.Weights).Select(WeightName))), graph.Values[g.Input.Buffer].Rows,
                    summaries.Of(g), g.Input, blocks.ToEquatableArray())));
                break;
            case Node.Attention a:
                steps.Add(new LoweredStep.Run(new AttentionKernel(
                    names.Unique(NameOf(a.Result)), graph.Values[a.Result].Rows, summaries.Of(a), a.KeyRows, a.Query, a.Key, a.Value, a.Heads, a.KeyValueHeads,
                    a.Scale, a.Score, a.Mask, a.Softmax, Kept(a.Result, a.Operands, a.Score, a.Mask), graph.Values[a.Result].Whole)
                {
                    IsKept = continuation?.KeepsKeys(a) ?? false,
                }));
                break;
            case Node.Segment pooled:
                steps.Add(new LoweredStep.Run(new SegmentKernel(
                    names.Unique(NameOf(pooled.Result)), graph.Values[pooled.Input.Buffer].Rows, summaries.Of(pooled), pooled.Reduction, pooled.Input,
                    graph.Values[pooled.Result].Whole)));
                break;
            case Node.Each e:
                steps.Add(new LoweredStep.Run(new ElementKernel(
                    names.Unique(NameOf(e.Result)), graph.Values[e.Result].Rows, summaries.Of(e), Kept(e.Result, e.Operands, e.Value), e.Value, graph.Values[e.Result].Whole)));
                break;
            case Node.Scan s:
                steps.Add(new LoweredStep.Run(new ScanKernel(
                    names.Unique(NameOf(s.Result)), graph.Values[s.Result].Rows, summaries.Of(s), Kept(s.Result, s.Operands, s.Step, s.Value), s.States, s.Step,
                    s.Value, s.Backwards, graph.Values[s.Result].Whole)
                {
                    IsKept = continuation?.KeepsStates(s) ?? false,
                }));
                break;
            case Node.Bank b:
                steps.Add(new LoweredStep.Run(new BankKernel(
                    names.Unique(WeightName(b.Weight)), graph.Values[b.Result].Rows, summaries.Of(b), b.Input, b.Index, b.Weight, b.Bias, b.Count,
                    graph.Values[b.Result].Whole)));
                break;
            case Node.Loop l:
                steps.AddRange(l.Carried.Select(c => Copy(c.Initial, c.Entering)));
                EquatableArray<LoweredStep> body = LowerBody(l.Body);
                steps.Add(new LoweredStep.Loop(l, body.Concat(l.Carried.Select(c => Copy(c.Next, c.Leaving))).ToEquatableArray()));
                break;
            case Node.Branch branch:
                steps.Add(new LoweredStep.Branch(
                    branch, LowerBody(branch.Then).Concat(branch.Merged.Select(m => Copy(m.Then, m.OfThen))).ToEquatableArray(),
                    LowerBody(branch.Else).Concat(branch.Merged.Select(m => Copy(m.Else, m.OfElse))).ToEquatableArray()));
                break;
            default:
                throw new NotSupportedException(node.GetType().Name);
        }
    }

    private EquatableArray<ElementOperand> Kept(int result, EquatableArray<ElementOperand> operands, params Expression?[] lambdas) =>
        continuation?.Operands(result, operands, lambdas) ?? operands;

    private LoweredStep.Run Copy(View from, int to)
    {
        Value target = graph.Values[to];
        var kernel = new RowKernel(
            names.Unique("copy_" + NameOf(to)), target.Rows, summaries.Name(from) + " → " + target.Name, [new KernelOperand.Rows(from)],
            [new RowPhase.Write(target.Whole, new Expression.Read(0))]);
        return new LoweredStep.Run(kernel, Bodies.IsWhole(graph, from) ? (from.Buffer, to) : null);
    }

    private RowKernel LowerRows(int rows, IReadOnlyList<Node> nodes)
    {
        List<KernelOperand> operands = [];
        List<RowPhase> phases = [];
        Dictionary<int, Expression> locals = [];
        Dictionary<int, int> readsInside = [];
        foreach (View v in nodes.SelectMany(n => n.Reads)) readsInside[v.Buffer] = readsInside.TryGetValue(v.Buffer, out int n) ? n + 1 : 1;
        foreach (Node node in nodes)
        {
            int result = node.Defines.First();
            Value value = graph.Values[result];
            bool inside = readsInside.TryGetValue(result, out int insideReads);
            bool outside = reads[result] > insideReads;
            switch (node)
            {
                case Node.Map m when !inside:
                    phases.Add(new RowPhase.Write(value.Whole, Kernelized(m.Operands, m.Value)));
                    break;
                case Node.Map m:
                    phases.Add(new RowPhase.Compute(value.Columns, Kernelized(m.Operands, m.Value)));
                    locals[result] = new Expression.Local(phases.Count - 1);
                    if (outside) phases.Add(new RowPhase.Write(value.Whole, locals[result]));
                    break;
                case Node.Reduce r:
                    phases.Add(new RowPhase.Reduce(r.Columns, Kernelized(r.Operands, r.Value), r.Reduction, r.Groups));
                    locals[result] = r.Groups.IsOne ? new Expression.Reduced(phases.Count - 1) : new Expression.Local(phases.Count - 1);
                    if (outside) phases.Add(new RowPhase.Write(value.Whole, locals[result]));
                    break;
                case Node.Concat c:
                    Size start = Size.Zero;
                    foreach (KernelOperand part in c.Parts)
                    {
                        phases.Add(new RowPhase.Write(new View(result, start, part.Columns), Kernelized([part], new Expression.Read(0))));
                        start += part.Columns;
                    }
                    break;
                default:
                    throw new NotSupportedException(node.GetType().Name);
            }
        }
        IEnumerable<int> written = phases.OfType<RowPhase.Write>().Select(w => w.Output.Buffer).Distinct();
        return new RowKernel(
            names.Unique(string.Join("_", written.Select(NameOf))), rows, summaries.Of(nodes), operands.ToEquatableArray(), phases.ToEquatableArray());

        Expression Kernelized(EquatableArray<KernelOperand> of, Expression value)
        {
            Expression[] leaves = [.. of.Select(o =>
                o is KernelOperand.Rows r && locals.TryGetValue(r.View.Buffer, out Expression? local)
                    ? local : Ir.Build.GraphBuilder.Append(operands, [o], new Expression.Read(0)))];
            return value.Replace(e => e is Expression.Read r ? leaves[r.Number] : null);
        }
    }

    private string WeightName(int parameter)
    {
        EquatableArray<PathSegment> path = graph.Parameters[parameter].Path.Segments;
        return path.Count > 1 ? path[path.Count - 2].Name : path[0].Name;
    }

    private string NameOf(int value) => graph.Values[value].Name;
}
