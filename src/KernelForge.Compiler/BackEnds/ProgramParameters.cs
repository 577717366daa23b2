using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Build;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds;

/// <summary>
/// The weights of a program: a field each, an array of them where the weight lies in a loop over layers, and the part of the
/// constructor that reads and packs them. How, the back end says as it adds them.
/// </summary>
internal sealed class ProgramParameters(KernelPlan plan, ProgramNames names)
{
    private readonly List<Entry> entries = [];

    /// <param name="Blocks">What the field holds: blocks side by side, each of one parameter, or of the two of a gate pair.</param>
    /// <param name="Loops">Loop indices in the paths, outermost first.</param>
    /// <param name="Form">Which of several forms of the same weights it is; empty where there is one.</param>
    private sealed record Entry(
        EquatableArray<EquatableArray<int>> Blocks, string Form, string Field, string Type, EquatableArray<string> Loops, string Value)
    {
        /// <summary>When it is read: under any of these conditions.</summary>
        public List<Scalar> Conditions { get; } = [];
    }

    /// <summary>Adds a field for one parameter.</summary>
    public void Add(PlanParameter parameter, string type, string value, string form = "") => Add([[parameter.Id]], type, value, form);

    /// <summary>Adds a field for weights that are packed together, unless they have it.</summary>
    /// <param name="blocks">Blocks side by side, each of one weight, or of the two of a gate pair.</param>
    /// <param name="type">Of the field, or of its elements where the weights lie in loops.</param>
    /// <param name="value">Makes it, from <see cref="Read"/>.</param>
    /// <param name="form">A word for one of several forms of the same weights.</param>
    /// <param name="condition">When a kernel reads it, by the branches around the kernel: what no kernel reads is not loaded. Null: in the passes in which it is used.</param>
    public void Add(EquatableArray<EquatableArray<int>> blocks, string type, string value, string form = "", Scalar? condition = null)
    {
        condition ??= blocks.SelectMany(b => b).Select(p => plan.Parameters[p].Used ?? new Scalar.Truth(true)).Aggregate((a, b) => a.Equals(b) ? a : Scalars.Binary(BinaryOp.And, a, b));
        if (entries.FirstOrDefault(e => e.Blocks.Equals(blocks) && e.Form == form) is { } known)
        {
            known.Conditions.Add(condition);
            return;
        }
        PlanParameter[] parameters = [.. blocks.SelectMany(b => b).Select(p => plan.Parameters[p])];
        string field = names.Unique(ProgramNames.Camel(string.Join("_and_", parameters.Select(p => p.Path.Identifier)) + "_" + form));
        EquatableArray<string> loops = parameters.SelectMany(p => LoopsOf(p)).Distinct().ToEquatableArray();
        entries.Add(new Entry(blocks, form, field, type, loops, value) { Conditions = { condition } });
    }

    /// <summary>A parameter as it is read inside its loops: <c>layersQueryBias[i]</c>.</summary>
    public string Field(int parameter, string form = "") => Field([[parameter]], form);

    /// <summary>What blocks were packed to, as it is read inside its loops: <c>layersQueryWeight[i]</c>.</summary>
    public string Field(EquatableArray<EquatableArray<int>> blocks, string form = "")
    {
        Entry entry = entries.First(e => e.Blocks.Equals(blocks) && e.Form == form);
        return entry.Field + string.Concat(entry.Loops.Select(l => "[" + names.Index(l) + "]"));
    }

    /// <summary>The last two parts of a parameter's path: <c>queryBias</c>.</summary>
    public string ShortName(int parameter)
    {
        EquatableArray<PathSegment> path = plan.Parameters[parameter].Path.Segments;
        return ProgramNames.Camel(string.Join("_", path.Skip(path.Count - 2).Select(s => s.Name)));
    }

    /// <summary>The numbers of a parameter; zeros where the checkpoint need not have it.</summary>
    /// <param name="weights">The variable of type <c>LoadedWeights</c>.</param>
    public string Read(PlanParameter parameter, string weights) => Text(parameter, weights, "Read");

    /// <summary>The same, read only when they are wanted.</summary>
    /// <inheritdoc cref="Read"/>
    public string Values(PlanParameter parameter, string weights) => Text(parameter, weights, "Values");

    private string Text(PlanParameter parameter, string weights, string method)
    {
        bool indexed = parameter.Path.Segments.Any(s => s.Index is not null);
        string path = string.Join(".", parameter.Path.Segments.Select(s =>
            s.Index is null ? s.Name : $"{s.Name}[{{{names.Scalar(s.Index, OperatorText.Level(BinaryOp.Or))}}}]"));
        string absent = parameter.Present is null || parameter.Use == ParameterUse.Linear ? "" : ", " + names.Size(parameter.Rows * parameter.Columns);
        return $"{weights}.{method}({(indexed ? "$" : "")}\"{path}\"{absent})";
    }

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
                foreach (Entry e in loaded) writer.Line($"{e.Field} = {Conditional(e)};");
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
        else foreach (Entry e in loaded) writer.Line($"{e.Field}{subscript} = {Conditional(e)};");
        writer.Close();
    }

    /// <summary>The value, where a kernel will read it.</summary>
    private string Conditional(Entry entry)
    {
        Scalar condition = entry.Conditions.Aggregate((a, b) => a.Equals(b) ? a : Scalars.Binary(BinaryOp.Or, a, b));
        // A condition on the index of a loop that is not around the weights is not known here; that the weights are there is.
        if (ScalarText.Indices(condition).Except(entry.Loops).Any())
            condition = entry.Blocks.SelectMany(b => b).Select(p => plan.Parameters[p].Present ?? new Scalar.Truth(true))
                .Aggregate((a, b) => Scalars.Binary(BinaryOp.And, a, b));
        return condition is Scalar.Truth { Value: true } ? entry.Value : $"{names.Scalar(condition, 1)}\n    ? {entry.Value.Replace("\n", "\n    ")}\n    : default!";
    }

    /// <summary>From where to where an index runs.</summary>
    private (string Start, string End) Bounds(string index)
    {
        Step.Loop loop = Step.Loops(plan.Steps).First(l => l.Index == index);
        return (names.Scalar(loop.Start), names.Scalar(loop.End, OperatorText.Level(BinaryOp.Less) + 1));
    }

    private static EquatableArray<string> LoopsOf(PlanParameter parameter) =>
        parameter.Path.Segments.Where(s => s.Index is not null).SelectMany(s => ScalarText.Indices(s.Index!)).Distinct().ToEquatableArray();
}
