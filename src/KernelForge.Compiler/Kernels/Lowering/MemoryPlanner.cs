using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels.Lowering;

/// <summary>
/// Places values in buffers and buffers in slots. First the copies around loops and branches are dropped wherever source and target can be one
/// buffer; then buffers that are never needed at the same time share a slot. Each sharing is tried and kept when <see cref="Occupancy"/>
/// finds every read served.
/// </summary>
internal sealed class MemoryPlanner
{
    private readonly Graph graph;
    private readonly int[] buffers;

    /// <summary>Values that are read as whole numbers. They share memory with one another alone: their elements are wider.</summary>
    private readonly HashSet<int> whole;

    /// <summary>Names of values that pass around a loop, by value: a buffer that holds one is called after it.</summary>
    private readonly Dictionary<int, string> carried = [];
    private IReadOnlyList<LoweredStep> steps;

    private MemoryPlanner(Graph graph, IReadOnlyList<LoweredStep> steps)
    {
        this.graph = graph;
        this.steps = steps;
        buffers = [.. Enumerable.Range(0, graph.Values.Count)];
        whole = WholeNumbers.Of(graph);
    }

    public static KernelPlan Plan(Graph graph, EquatableArray<LoweredStep> steps)
    {
        var planner = new MemoryPlanner(graph, steps);
        planner.Join(steps);
        planner.DropCopies();
        return planner.Finish();
    }

    /// <summary>A carried value and the loop's result lie in one place always: the loop's end makes one of the other.</summary>
    private void Join(IEnumerable<LoweredStep> body)
    {
        foreach (LoweredStep step in body)
        {
            if (step is LoweredStep.Loop l)
            {
                foreach (CarriedValue c in l.Node.Carried)
                {
                    Union(c.OnePlace);
                    carried[c.Inside] = graph.Values[c.Inside].Name;
                }
                Join(l.Body);
            }
            if (step is LoweredStep.Branch b)
            {
                foreach (MergedValue m in b.Node.Merged) Union(m.OnePlace);
                Join(b.Then);
                Join(b.Else);
            }
        }
    }

    private void Union(params int[] values)
    {
        int keep = values.Min(v => buffers[v]);
        HashSet<int> dropped = [.. values.Select(v => buffers[v])];
        for (int i = 0; i < buffers.Length; i++)
            if (dropped.Contains(buffers[i])) buffers[i] = keep;
    }

    private void DropCopies()
    {
        Require(Occupancy.Error(graph, steps, v => buffers[v]), "before planning");
        foreach (LoweredStep.Run copy in Copies(steps).ToArray())
        {
            (int from, int to) = copy.CopyOf!.Value;
            // An input's buffer is the caller's rows: nothing else is put there.
            if (graph.Inputs.Any(i => i.Value >= 0 && buffers[i.Value] == buffers[from])) continue;
            if (whole.Contains(from) != whole.Contains(to)) continue;
            int[] before = [.. buffers];
            IReadOnlyList<LoweredStep> without = Without(steps, copy);
            Union(from, to);
            if (Occupancy.Error(graph, without, v => buffers[v]) is null) steps = without;
            else before.CopyTo(buffers, 0);
        }
    }

    private static IEnumerable<LoweredStep.Run> Copies(IEnumerable<LoweredStep> body) => body.SelectMany(s => s switch
    {
        LoweredStep.Run { CopyOf: not null } r => [r],
        LoweredStep.Loop l => Copies(l.Body),
        LoweredStep.Branch b => Copies(b.Then).Concat(Copies(b.Else)),
        _ => (IEnumerable<LoweredStep.Run>)[],
    });

    private static List<LoweredStep> Without(IEnumerable<LoweredStep> body, LoweredStep.Run copy) =>
        [.. body.Where(s => !ReferenceEquals(s, copy)).Select(s => s switch
        {
            LoweredStep.Loop l => l with { Body = Without(l.Body, copy).ToEquatableArray() },
            LoweredStep.Branch b => b with { Then = Without(b.Then, copy).ToEquatableArray(), Else = Without(b.Else, copy).ToEquatableArray() },
            _ => s,
        })];

    private KernelPlan Finish()
    {
        // Buffers in order of their first write, inputs before all.
        List<int> order = [.. graph.Inputs.Where(i => i.Value >= 0).Select(i => buffers[i.Value]).Distinct()];
        foreach (int written in Written(steps).Select(v => buffers[v]))
            if (!order.Contains(written)) order.Add(written);
        HashSet<int> alive = [.. Used(steps), .. graph.Inputs.Select(i => i.Value), .. graph.Outputs.Select(o => o.Buffer)];
        HashSet<int> alone = [.. order.Take(graph.Inputs.Count(i => i.Value >= 0)), .. graph.Outputs.Select(o => buffers[o.Buffer])];

        Dictionary<int, int> slots = order.ToDictionary(b => b, b => b);
        foreach (int b in order)
        {
            if (alone.Contains(b)) continue;
            IEnumerable<int> candidates = order.TakeWhile(o => o != b)
                .Where(o => slots[o] == o && !alone.Contains(o) && graph.Values[o].Rows == graph.Values[b].Rows && whole.Contains(o) == whole.Contains(b))
                .OrderBy(o => !graph.Values[o].Columns.Equals(graph.Values[b].Columns));
            foreach (int candidate in candidates)
            {
                slots[b] = candidate;
                if (Occupancy.Error(graph, steps, v => slots.TryGetValue(buffers[v], out int s) ? s : buffers[v]) is null) break;
                slots[b] = b;
            }
        }

        int[] slotOrder = [.. order.Select(b => slots[b]).Distinct()];
        // Where a loop or a branch changes a value's shape, one place holds buffers of several shapes, one after the other.
        (int Place, int Rows, Size Columns)[] shapes = [.. order.SelectMany(b =>
            graph.Values.Where(v => buffers[v.Id] == b && alive.Contains(v.Id)).Select(v => (b, v.Rows, v.Columns)).Distinct())];
        PlanBuffer[] planned = [.. shapes.Select((s, id) => new PlanBuffer(
            id, NameOf(s.Place), s.Rows, s.Columns, Array.IndexOf(slotOrder, slots[s.Place])) { HoldsWholeNumbers = whole.Contains(s.Place) })];
        Func<View, View> place = v => v with { Buffer = BufferOf(v.Buffer) };
        return new KernelPlan(
            graph.Layer.Name, graph.Layer.HyperParameters, graph.RowSpaces,
            graph.Inputs.Select(i => new PlanInput(i.Name, i.Kind, i.RowSpace, i.Columns, i.Value < 0 ? -1 : BufferOf(i.Value))).ToEquatableArray(),
            graph.Outputs.Select((o, i) => new PlanOutput(graph.OutputNames[i], graph.Values[o.Buffer].Rows, o.Columns, place(o).Buffer)).ToEquatableArray(),
            graph.Parameters, planned.ToEquatableArray(), graph.Checks, Placed(steps, place))
        {
            HostIntegers = graph.HostIntegers,
            Recurrences = graph.Recurrences,
            GoesOn = Ir.Incremental.Continuation.Of(graph)?.Space,
        };

        string NameOf(int place) =>
            carried.Where(c => buffers[c.Key] == place).OrderBy(c => c.Key).Select(c => c.Value).FirstOrDefault() ?? graph.Values[place].Name;

        int BufferOf(int value) => Array.IndexOf(shapes, (buffers[value], graph.Values[value].Rows, graph.Values[value].Columns));
    }

    private static IEnumerable<int> Written(IEnumerable<LoweredStep> body) => body.SelectMany(s => s switch
    {
        LoweredStep.Run r => r.Kernel.Writes.Select(w => w.Buffer),
        LoweredStep.Loop l => Written(l.Body),
        LoweredStep.Branch b => Written(b.Then).Concat(Written(b.Else)),
        _ => (IEnumerable<int>)[],
    });

    /// <summary>Values that kernels, loops and branches name.</summary>
    private static IEnumerable<int> Used(IEnumerable<LoweredStep> body) => body.SelectMany(s => s switch
    {
        LoweredStep.Run r => r.Kernel.Writes.Concat(r.Kernel.Reads).Select(v => v.Buffer),
        LoweredStep.Loop l => Used(l.Body),
        LoweredStep.Branch b => Used(b.Then).Concat(Used(b.Else)),
        _ => (IEnumerable<int>)[],
    });

    private static EquatableArray<Step> Placed(IEnumerable<LoweredStep> body, Func<View, View> place) => body.Select(s => s switch
    {
        LoweredStep.Run r => (Step)new Step.Run(KernelPlacement.Place(r.Kernel, place)),
        LoweredStep.Loop l => new Step.Loop(l.Node.Index, l.Node.Start, l.Node.End, l.Node.Rows, Placed(l.Body, place)),
        LoweredStep.Branch b => new Step.Branch(b.Node.Condition, Placed(b.Then, place), Placed(b.Else, place), b.Node.Rows),
        LoweredStep.Host h => h.Step,
        _ => throw new NotSupportedException(s.GetType().Name),
    }).ToEquatableArray();

    private void Require(string? error, string when)
    {
        if (error is not null) throw new InvalidOperationException($"{graph.Layer.Name} {when}: {error}");
    }
}
