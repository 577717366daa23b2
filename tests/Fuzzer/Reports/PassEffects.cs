using KernelForge.Compiler;
using KernelForge.Compiler.BackEnds;
using KernelForge.Compiler.BackEnds.Cpu;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Incremental;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Kernels.Lowering;
using KernelForge.Compiler.Spec;

namespace KernelForge.Fuzzer.Reports;

/// <summary>
/// What the compiler did to a layer: each pass, each choice of the lowering, of the memory planner and of the back ends, by what came of
/// it.
/// A pass that left everything as it was has done nothing.
/// </summary>
internal static class PassEffects
{
    /// <summary>A scan whose rows may be gone through in parts; and one that a GPU did, for its batch was long enough.</summary>
    public const string LinearScan = "scans: linear", ScanInChunks = "GPU: scans in chunks";

    /// <summary>All that there are: what a run did not see shows as none.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "remove unused", "inline maps", "fuse epilogues", "fuse epilogues: a gate of two products", "merge GEMMs that share an input",
        "name values", "lowering: a sweep of several values", "lowering: phases share a sweep over columns",
        "lowering: tables looked up by the host",
        "memory: a copy around a loop or branch dropped", "memory: a copy kept", "memory: buffers share a slot", "memory: in place",
        "memory: one place of several shapes", "memory: whole numbers kept as floats", "loops: rows carried", "loops: widths carried",
        "branches: rows merged", "rows: lengths by pass", "rows: integers by pass", "parameters: absent", "checks: when loaded",
        "masks: tiles left out", "masks: asked for each pair", "scores: tabulated by the difference", "attention: grouped heads",
        LinearScan, ScanInChunks,
        "later: keys kept", "later: keys of a window kept", "later: the last rows kept", "later: all rows kept", "later: states kept",
        "CPU: features as lanes", "CPU: lanes in stretches", "CPU: a parameter turned round", "CPU: element by element",
        "CPU: a scan's features as lanes", "CPU: a scan's states as lanes", "CPU: a scan one by one",
        "CPU: a scan in chunks",
    ];

    public static IReadOnlySet<string> Of(CompilationUnit unit)
    {
        HashSet<string> done = [];
        Graph? before = null;
        foreach ((string pass, Graph graph) in Pipeline.Graphs(unit))
        {
            if (before is not null && !graph.Equals(before)) done.Add(pass);
            before = graph;
        }
        var lowered = Lowerer.Lower(before!);
        KernelPlan plan = MemoryPlanner.Plan(before!, lowered);
        done.UnionWith(OfMemory(plan, lowered));
        done.UnionWith(OfShapes(plan));
        done.UnionWith(plan.Kernels.SelectMany(kernel => OfKernel(plan, kernel)));
        if (TableLookup.Of(plan).Any()) done.Add("lowering: tables looked up by the host");
        return done;
    }

    private static IEnumerable<string> OfMemory(KernelPlan plan, IEnumerable<LoweredStep> lowered)
    {
        int copies = Copies(lowered).Count(), kept = plan.Kernels.Select(k => k.Name).Intersect(Copies(lowered)).Count();
        if (kept < copies) yield return "memory: a copy around a loop or branch dropped";
        if (kept > 0) yield return "memory: a copy kept";
        (string, int)[] places = [.. plan.Buffers.Select(b => (b.Name, b.Slot)).Distinct()];
        if (places.Length > plan.Buffers.Select(b => b.Slot).Distinct().Count()) yield return "memory: buffers share a slot";
        if (places.Length < plan.Buffers.Count) yield return "memory: one place of several shapes";
        if (plan.Buffers.Any(b => b.HoldsWholeNumbers)) yield return "memory: whole numbers kept as floats";
        if (plan.Kernels.Any(k => k.Reads.Any(r => k.Writes.Any(w => SlotOf(r) == SlotOf(w))))) yield return "memory: in place";

        int SlotOf(View view) => plan.Buffers[view.Buffer].Slot;
    }

    private static IEnumerable<string> Copies(IEnumerable<LoweredStep> steps) => steps.SelectMany(step => step switch
    {
        LoweredStep.Run { CopyOf: not null } copy => [copy.Kernel.Name],
        LoweredStep.Loop loop => Copies(loop.Body),
        LoweredStep.Branch branch => Copies(branch.Then).Concat(Copies(branch.Else)),
        _ => (IEnumerable<string>)[],
    });

    private static IEnumerable<string> OfShapes(KernelPlan plan)
    {
        foreach (Step step in Step.All(plan.Steps))
        {
            if (step is Step.Loop { Carried.Count: > 0 }) yield return "loops: rows carried";
            if (step is Step.Branch { Merged.Count: > 0 }) yield return "branches: rows merged";
            if (step is Step.Lengths) yield return "rows: lengths by pass";
            if (step is Step.Integers) yield return "rows: integers by pass";
        }
        if (plan.Buffers.Any(b => b.Columns.LoopIndices.Any()) || plan.Recurrences.Count > 0) yield return "loops: widths carried";
        if (plan.Parameters.Any(p => p.Present is not null)) yield return "parameters: absent";
        if (plan.Checks.Count > 0) yield return "checks: when loaded";
    }

    private static IEnumerable<string> OfKernel(KernelPlan plan, Kernel kernel) => kernel switch
    {
        GemmKernel g when g.Blocks.Any(b => b.Weights.Count > 1) => ["fuse epilogues: a gate of two products"],
        RowKernel r => OfRows(r),
        AttentionKernel a => OfAttention(plan, a),
        ElementKernel e => OfLanes(CpuLanes.Of(e), "CPU: features as lanes", "CPU: element by element").Concat(OfKept(e.Operands)),
        ScanKernel s => OfScan(s),
        _ => [],
    };

    private static IEnumerable<string> OfRows(RowKernel kernel)
    {
        if (kernel.Phases.Count > 1) yield return "lowering: a sweep of several values";
        if (new RowSweeps(kernel).All.Count < kernel.Phases.Count) yield return "lowering: phases share a sweep over columns";
    }

    private static IEnumerable<string> OfAttention(KernelPlan plan, AttentionKernel kernel)
    {
        bool isBounded = kernel.Mask is { } mask && new MaskBounds([.. kernel.Operands], [.. plan.RowSpaces]).AreKnown(mask);
        if (kernel.Mask is not null) yield return isBounded ? "masks: tiles left out" : "masks: asked for each pair";
        if (new[] { kernel.Score, kernel.Mask }.Any(e => e?.All().Any(DifferenceFunction.Is) == true))
            yield return "scores: tabulated by the difference";
        if (!kernel.Heads.Equals(kernel.KeyValueHeads)) yield return "attention: grouped heads";
        if (kernel.IsKept) yield return MaskReach.Of(kernel.Mask) is null ? "later: keys kept" : "later: keys of a window kept";
        foreach (string kept in OfKept(kernel.Operands)) yield return kept;
    }

    private static IEnumerable<string> OfScan(ScanKernel kernel)
    {
        if (kernel.IsKept) yield return "later: states kept";
        if (kernel.Linear is not null) yield return LinearScan;
        if (kernel.Attention is not null) yield return "CPU: a scan in chunks";
        CpuLanes? features = CpuLanes.OfFeatures(kernel), lanes = features ?? CpuLanes.OfStates(kernel);
        string some = features is null ? "CPU: a scan's states as lanes" : "CPU: a scan's features as lanes";
        foreach (string effect in OfLanes(lanes, some, none: "CPU: a scan one by one").Concat(OfKept(kernel.Operands))) yield return effect;
    }

    private static IEnumerable<string> OfLanes(CpuLanes? lanes, string some, string none)
    {
        yield return lanes is null ? none : some;
        if (lanes?.Breaks.Count > 0) yield return "CPU: lanes in stretches";
        if (lanes?.Transposed.Count > 0) yield return "CPU: a parameter turned round";
    }

    private static IEnumerable<string> OfKept(IEnumerable<ElementOperand> operands) => operands.OfType<ElementOperand.Rows>()
        .Where(o => o.Kept is not null).Select(o => o.Kept!.Reach is null ? "later: all rows kept" : "later: the last rows kept");
}
