using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Passes;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels.Lowering;

/// <summary>
/// Runs a plan without numbers: which value lies in which place after each step. A placement of values is right when every read finds the
/// very value that it names, on every path: loops of no, one and two iterations, both arms of branches. Memory planning asks here before
/// it lets two values share a place, and the finished plan is checked by the same.
/// </summary>
/// <param name="place">The place of a value.</param>
internal sealed class Occupancy(Graph graph, Func<int, int> place)
{
    /// <summary>What lies in each place; absent: nothing, or not the same on all paths.</summary>
    private Dictionary<int, int> content = [];
    private string? error;

    /// <summary>What is wrong with the placement, or null.</summary>
    public static string? Error(Graph graph, IEnumerable<LoweredStep> steps, Func<int, int> place)
    {
        var o = new Occupancy(graph, place);
        foreach (GraphInput i in graph.Inputs)
            if (i.Value >= 0) o.content[place(i.Value)] = i.Value;
        o.Run(steps);
        foreach (View v in graph.Outputs) o.Read(v, "the caller");
        return o.error;
    }

    private void Run(IEnumerable<LoweredStep> steps)
    {
        foreach (LoweredStep step in steps)
        {
            if (error is not null) return;
            switch (step)
            {
                case LoweredStep.Run r:
                    RunKernel(r.Kernel);
                    break;
                case LoweredStep.Loop l:
                    RunLoop(l);
                    break;
                case LoweredStep.Branch b:
                    RunBranch(b);
                    break;
                case LoweredStep.Host:
                    break;
                default:
                    throw new NotSupportedException(step.GetType().Name);
            }
        }
    }

    private void RunKernel(Kernel kernel)
    {
        foreach (View v in kernel.Reads) Read(v, kernel.Name);
        if (error is null && !InPlace(kernel)) error = $"'{kernel.Name}' overwrites what it still reads";
        foreach (View v in kernel.Writes) content[place(v.Buffer)] = v.Buffer;
    }

    private void RunLoop(LoweredStep.Loop loop)
    {
        List<Dictionary<int, int>> ends = [];
        for (int iteration = 0; iteration <= 2; iteration++)
        {
            Dictionary<int, int> atEnd = new(content);
            foreach (CarriedValue c in loop.Node.Carried) Become(atEnd, c.Result, Before(c));
            ends.Add(atEnd);
            if (iteration == 2) break;
            foreach (CarriedValue c in loop.Node.Carried) Become(content, c.Inside, Before(c));
            Run(loop.Body);

            int[] Before(CarriedValue c) => iteration == 0 ? [c.Entering, c.Initial.Buffer] : [c.Leaving, c.Next.Buffer];
        }
        content = Common(ends);
    }

    private void RunBranch(LoweredStep.Branch branch)
    {
        Dictionary<int, int> before = new(content);
        Run(branch.Then);
        foreach (MergedValue m in branch.Node.Merged) Become(content, m.Result, m.OfThen, m.Then.Buffer);
        Dictionary<int, int> then = content;
        content = before;
        Run(branch.Else);
        foreach (MergedValue m in branch.Node.Merged) Become(content, m.Result, m.OfElse, m.Else.Buffer);
        content = Common([then, content]);
    }

    /// <summary>From here on the value goes by another name.</summary>
    private void Become(Dictionary<int, int> state, int name, params int[] accepted)
    {
        int at = place(name);
        if (state.TryGetValue(at, out int now) && accepted.Contains(now)) state[at] = name;
        else if (error is null) error = $"'{graph.Values[name].Name}' is not in its place";
    }

    private static Dictionary<int, int> Common(List<Dictionary<int, int>> states) =>
        states[0].Where(s => states.All(o => o.TryGetValue(s.Key, out int v) && v == s.Value)).ToDictionary(s => s.Key, s => s.Value);

    private void Read(View v, string reader)
    {
        bool found = content.TryGetValue(place(v.Buffer), out int now) && now == v.Buffer;
        if (!found && error is null) error = $"'{reader}' does not find '{graph.Values[v.Buffer].Name}'";
    }

    /// <summary>Whether a kernel may write the places that it reads.</summary>
    private bool InPlace(Kernel kernel)
    {
        // Two results of one kernel never share a place.
        int[] written = [.. kernel.Writes.Select(w => w.Buffer).Distinct()];
        if (written.Select(place).Distinct().Count() != written.Length) return false;
        foreach (View w in kernel.Writes)
        {
            foreach (View r in kernel.Reads)
            {
                if (place(r.Buffer) != place(w.Buffer)) continue;
                if (!Bodies.IsWhole(graph, r) || !Bodies.IsWhole(graph, w) || !r.Columns.Equals(w.Columns)) return false;
                if (graph.Values[r.Buffer].Rows != graph.Values[w.Buffer].Rows) return false;
                bool allowed = kernel switch
                {
                    // The element is read by the very store that overwrites it, and no product needs it any more.
                    GemmKernel g => place(g.Input.Buffer) != place(w.Buffer)
                        && g.Blocks.All(b => b.Output.Equals(w) || !Kernel.ViewsOf(b.Operands).Any(v => place(v.Buffer) == place(w.Buffer)))
                        && g.Blocks.SelectMany(b => b.Operands).All(o => o is not KernelOperand.PerSequence p || place(p.View.Buffer) != place(w.Buffer)),
                    RowKernel k => WritesAfterReading(k, w),
                    _ => false,
                };
                if (!allowed) return false;
            }
        }
        return true;
    }

    private bool WritesAfterReading(RowKernel kernel, View w)
    {
        int[] sharing = [.. Enumerable.Range(0, kernel.Operands.Count).Where(i => Kernel.ViewsOf([kernel.Operands[i]]).Any(v => place(v.Buffer) == place(w.Buffer)))];
        if (sharing.Any(i => kernel.Operands[i] is not KernelOperand.Rows)) return false;
        // One column beside wider ones is read by every thread of the row, not by the one alone that writes it.
        if (sharing.Any(i => kernel.Operands[i].Columns.IsOne) && kernel.Phases.Any(p => !p.Columns.IsOne)) return false;
        bool written = false;
        foreach (RowPhase phase in kernel.Phases)
        {
            if (written && phase.Value.All().Any(e => e is Expression.Read r && sharing.Contains(r.Number))) return false;
            if (phase is RowPhase.Write o && o.Output.Equals(w)) written = true;
        }
        return true;
    }
}
