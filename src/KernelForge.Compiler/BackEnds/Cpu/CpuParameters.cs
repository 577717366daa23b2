using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>
/// The weights of the program: a field each, an array of them where the weight lies in a loop over layers, and the part of the
/// constructor that reads and packs them.
/// </summary>
internal sealed class CpuParameters
{
    private readonly KernelPlan plan;
    private readonly CpuNames names;
    private readonly List<Entry> entries = [];

    /// <param name="Key">Which parameters: one, or the pair of a gate.</param>
    /// <param name="Loops">Loop indices in the path, outermost first.</param>
    private sealed record Entry(EquatableArray<int> Key, string Field, string Type, EquatableArray<string> Loops, string Value);

    public CpuParameters(KernelPlan plan, CpuNames names)
    {
        this.plan = plan;
        this.names = names;
        foreach (GemmBlock block in plan.Kernels.OfType<GemmKernel>().SelectMany(k => k.Blocks)) AddPacked(block);
        foreach (PlanParameter p in plan.Parameters.Where(p => p.Use != ParameterUse.Linear))
        {
            string value = $"Keep({Read(p)}, {names.Size(p.Rows)}, {names.Size(p.Columns)})";
            entries.Add(new Entry([p.Id], names.Unique(CpuNames.Camel(p.Path.Identifier)), "Rows<TVector>", LoopsOf(p), value));
        }
    }

    /// <summary>The weight as it is read inside its loops: <c>layersQueryBias[i]</c>.</summary>
    public string Field(params int[] key)
    {
        EquatableArray<int> wanted = key.ToEquatableArray();
        Entry entry = entries.First(e => e.Key.Equals(wanted));
        return entry.Field + string.Concat(entry.Loops.Select(l => "[" + names.Index(l) + "]"));
    }

    /// <summary>The last two parts of a parameter's path: <c>queryBias</c>.</summary>
    public string ShortName(int parameter)
    {
        EquatableArray<PathSegment> path = plan.Parameters[parameter].Path.Segments;
        return CpuNames.Camel(string.Join("_", path.Skip(path.Count - 2).Select(s => s.Name)));
    }

    /// <summary>Columns of a buffer.</summary>
    public string View(View view) => view.Start.Equals(Size.Zero) && view.Columns.Equals(plan.Buffers[view.Buffer].Columns)
        ? names.Buffer(view.Buffer)
        : $"{names.Buffer(view.Buffer)}.Slice({names.Size(view.Start)}, {names.Size(view.Columns)})";

    public void WriteFields(CodeWriter writer)
    {
        foreach (Entry e in entries)
            writer.Line($"private readonly {e.Type}{string.Concat(e.Loops.Select(_ => "[]"))} {e.Field};");
    }

    /// <summary>Reads and packs: first what is there once, then what each layer has.</summary>
    public void WriteLoading(CodeWriter writer)
    {
        foreach (IGrouping<EquatableArray<string>, Entry> group in entries.GroupBy(e => e.Loops).OrderBy(g => g.Key.Count))
        {
            List<Entry> loaded = [.. group];
            if (group.Key.Count == 0)
                foreach (Entry e in loaded) writer.Line($"{e.Field} = {e.Value};");
            else
                WriteLoops(writer, loaded, group.Key, 0, "");
        }
    }

    private void WriteLoops(CodeWriter writer, List<Entry> loaded, EquatableArray<string> loops, int depth, string subscript)
    {
        (string start, string end) = Bounds(loops[depth]);
        string brackets = string.Concat(Enumerable.Repeat("[]", loops.Count - depth - 1));
        foreach (Entry e in loaded) writer.Line($"{e.Field}{subscript} = new {e.Type}[{end}]{brackets};");
        string index = names.Index(loops[depth]);
        writer.Open($"for (int {index} = {start}; {index} < {end}; {index}++)");
        subscript += "[" + index + "]";
        if (depth + 1 < loops.Count) WriteLoops(writer, loaded, loops, depth + 1, subscript);
        else foreach (Entry e in loaded) writer.Line($"{e.Field}{subscript} = {e.Value};");
        writer.Close();
    }

    /// <summary>From where to where an index runs: over all its loops, where several bear its name.</summary>
    private (string Start, string End) Bounds(string index)
    {
        List<Step.Loop> loops = [.. Loops(plan.Steps).Where(l => l.Index == index)];
        return (Outermost("Min", loops.Select(l => names.Scalar(l.Start))), Outermost("Max", loops.Select(l => names.Scalar(l.End))));

        static string Outermost(string function, IEnumerable<string> bounds) =>
            bounds.Distinct().Aggregate((a, b) => $"Math.{function}({a}, {b})");
    }

    internal static IEnumerable<Step.Loop> Loops(IEnumerable<Step> steps) => steps.SelectMany(s => s switch
    {
        Step.Loop l => Loops(l.Body).Prepend(l),
        Step.Branch b => Loops(b.Then).Concat(Loops(b.Else)),
        _ => (IEnumerable<Step.Loop>)[],
    });

    private void AddPacked(GemmBlock block)
    {
        if (entries.Any(e => e.Key.Equals(block.Weights))) return;
        PlanParameter[] weights = [.. block.Weights.Select(w => plan.Parameters[w])];
        if (weights.Length > 2)
            throw new NotSupportedException($"{plan.Name}: a product of {weights.Length} weights at once; the CPU back end takes one or two");
        string field = names.Unique(CpuNames.Camel(string.Join("_and_", weights.Select(w => w.Path.Identifier))));
        string parts = string.Join(", ", weights.Select(w =>
            $"new WeightPart({Read(w)}, {names.Size(Outputs(w))}{(w.Transposed ? ", Transposed: true" : "")})"));
        string value = $"Keep(PackedMatrix.{(weights.Length == 2 ? "Pair" : "Concat")}<TVector>({names.Size(Inner(weights[0]))}, {parts}))";
        EquatableArray<string> loops = weights.SelectMany(w => LoopsOf(w)).Distinct().ToEquatableArray();
        entries.Add(new Entry(block.Weights, field, "PackedMatrix<TVector>", loops, value));
    }

    private static Size Outputs(PlanParameter weight) => weight.Transposed ? weight.Columns : weight.Rows;

    private static Size Inner(PlanParameter weight) => weight.Transposed ? weight.Rows : weight.Columns;

    private static EquatableArray<string> LoopsOf(PlanParameter parameter) =>
        parameter.Path.Segments.Where(s => s.Index is not null).SelectMany(s => ScalarText.Indices(s.Index!)).Distinct().ToEquatableArray();

    /// <summary>The numbers of a parameter; zeros where the checkpoint need not have it.</summary>
    private string Read(PlanParameter parameter)
    {
        bool indexed = parameter.Path.Segments.Any(s => s.Index is not null);
        string path = string.Join(".", parameter.Path.Segments.Select(s => s.Index is null ? s.Name : $"{s.Name}[{{{names.Scalar(s.Index)}}}]"));
        string absent = parameter.Present is null ? "" : ", " + names.Size(parameter.Rows * parameter.Columns);
        return $"{names.Weights}.Read({(indexed ? "$" : "")}\"{path}\"{absent})";
    }
}
