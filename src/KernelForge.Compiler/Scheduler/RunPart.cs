using System.Globalization;
using KernelForge.Compiler.BackEnds;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.Scheduler;

/// <summary>
/// <c>Run</c>: into a new result, and into one that is given; by the compiled program, or by the description itself. Of an incremental layer also
/// <c>Prefill</c> and <c>Step</c>, which leave in a cache what later rows need.
/// </summary>
internal sealed class RunPart
{
    /// <summary>What a method runs: whole sequences, sequences that begin, or further rows of some that have begun.</summary>
    public enum Method { Run, Prefill, Step }

    private const string Execution = HostPart.Execution, Runtime = HostPart.Runtime;

    private readonly LayerSpec layer;
    private readonly KernelPlan plan;
    private readonly CodeWriter writer;

    /// <summary>Names of the inputs, the fields that are read, and then of the locals.</summary>
    private readonly HashSet<string> taken;

    private readonly string[] inputs, destinations;
    private readonly string session, program, sequence, cache, sequences, run;
    private readonly Method method;

    private readonly List<string> wholes = [];

    /// <summary>What holds the lengths of a row space, by its id.</summary>
    private readonly Dictionary<int, string> lengths = [];

    public RunPart(LayerSpec layer, KernelPlan plan, CodeWriter writer, Method method)
    {
        (this.layer, this.plan, this.writer, this.method) = (layer, plan, writer, method);
        IEnumerable<string> hypers = plan.HyperParameters.Select(h => "kf_" + h.Name);
        taken = new HashSet<string>(plan.Inputs.Select(i => i.Name).Concat(hypers), StringComparer.Ordinal);
        run = Local("run");
        inputs = [.. plan.Inputs.Select(i => IsGiven(i) ? CSharpText.Identifier(i.Name) : Nothing(i))];
        destinations = [.. plan.Outputs.Select((_, i) => Local(plan.Outputs.Count == 1 ? "destination" : "destination" + Number(i + 1)))];
        (session, program, sequence) = (Local("session"), Local("program"), Local("sequence"));
        (cache, sequences) = (Local("cache"), Local("sequences"));
    }

    public void Write()
    {
        string[] results = [.. plan.Outputs.Select(ResultType)];
        string parameters = string.Join(", ", plan.Inputs.Where(IsGiven).Select(input => InputType(input) + " " + CSharpText.Identifier(input.Name)));
        if (method == Method.Run) WriteMaking(results, parameters);
        else parameters += $", {Runtime}SequenceCache {cache}, global::System.ReadOnlySpan<int> {sequences}";
        WriteFilling(results, parameters);
    }

    /// <summary><c>NewCache</c>, by which an incremental layer's sequences begin.</summary>
    public static void WriteNewCache(LayerSpec layer, KernelPlan plan, CodeWriter writer)
    {
        writer.Line("/// <summary>Makes room for what sequences leave for their next rows. Each cache serves one run at a time.</summary>");
        writer.Line("/// <param name=\"budget\">The most bytes that it may take.</param>");
        string spaces = string.Concat(plan.Inputs.Select(i => i.RowSpace).Distinct()
            .Select(s => $".Space({Number(s)}, goesOn: {(plan.HasRowsThatGoOn(s) ? "true" : "false")})"));
        writer.Line($"public {Runtime}SequenceCache NewCache(long budget) => {Runtime}SequenceCache.For(");
        string session = HostPart.LoadedSession(layer).Replace("\n    ", " ");
        writer.Line(LongLine.Broken($"    ({session}).Program, new {Execution}CacheLayout(){spaces}, {CSharpText.Literal(layer.Name)}, budget);")).Line();
    }

    /// <summary>Whether a parameter is one of this method: a step is given what goes on alone.</summary>
    private bool IsGiven(PlanInput input) => method != Method.Step || plan.HasRowsThatGoOn(input.RowSpace);

    /// <summary>What stands for a parameter that this method is not given.</summary>
    private string Nothing(PlanInput input) =>
        run + (input.Kind == InputKind.Tokens ? $".EmptyMatrix({HostPart.Text(input.Columns.ToScalar())})" : ".EmptyBatch");

    private void WriteMaking(string[] results, string parameters)
    {
        Document();
        writer.Line($"/// <returns>{Shapes()}.</returns>");
        writer.Open($"public {Tuple(results)} Run({parameters})");
        for (int i = 0; i < results.Length; i++)
            writer.Line($"var {destinations[i]} = new {results[i]}({(results[i] == Runtime + "Matrix" ? "0, 0" : "")});");
        writer.Line($"Run({string.Join(", ", inputs.Concat(destinations))});");
        writer.Line($"return {Tuple(destinations)};");
        writer.Close().Line();
    }

    private void WriteFilling(string[] results, string parameters)
    {
        Document();
        foreach (string d in destinations)
            writer.Line($"/// <param name=\"{d}\">Takes the result, and the right size by itself: {Shapes()}.</param>");
        string given = string.Join(", ", results.Zip(destinations, (type, name) => type + " " + name));
        writer.Open($"public void {method}({parameters}, {given})");
        string[] references = method == Method.Run ? [] : [cache];
        IEnumerable<string> arguments = plan.Inputs.Where(IsGiven).Select(i => CSharpText.Identifier(i.Name));
        foreach (string name in arguments.Concat(references).Concat(destinations)) writer.Line($"global::System.ArgumentNullException.ThrowIfNull({name});");
        writer.Line($"{Execution}ModelSession {session} = {HostPart.LoadedSession(layer)};");
        foreach (string check in RunChecks.Of(plan, IsGiven, method == Method.Run ? null : space => $"{run}.Past({Number(space)})", positions: false)) writer.Line(check);
        WriteLengths();
        if (method != Method.Run) WriteBegin();
        foreach (string check in RunChecks.Of(plan, IsGiven, method == Method.Run ? null : space => $"{run}.Past({Number(space)})", positions: true)) writer.Line(check);
        for (int i = 0; i < destinations.Length; i++) writer.Line(Reset(plan.Outputs[i], destinations[i]));
        writer.Open($"if ({session}.Program is {{ }} {program})");
        string read = string.Join(", ", inputs.Select(name => $"new {Execution}RunInput({name})"));
        string filled = string.Join(", ", destinations.Select(name => $"new {Execution}RunOutput({name})"));
        writer.Line(LongLine.Broken($"{program}.Run([{read}], [{filled}]{(method == Method.Run ? "" : ", " + run)});"));
        if (method != Method.Run) writer.Line($"{run}.Commit();");
        writer.Line("return;");
        writer.Close();
        WriteReference();
        if (method != Method.Run) writer.Line($"{run}.Commit();");
        writer.Close().Line();
    }

    /// <summary>Finds the sequences in the cache, and makes room for their new rows.</summary>
    private void WriteBegin()
    {
        IEnumerable<string> added = plan.RowSpaces.Where(s => s.SequencesOf is null && s.TableRows is null && !s.IsLocal && IsGiven(plan.Inputs[s.Input]))
            .Select(s => $"new {Execution}AddedRows({Number(s.Id)}, {(lengths.TryGetValue(s.Id, out string? own) ? own : inputs[s.Input])})");
        string fresh = method == Method.Prefill ? "true" : "false";
        writer.Line(LongLine.Broken(
            $"using {Execution}CacheRun {run} = {cache}.Begin({session}.Program, {sequences}, fresh: {fresh}, [{string.Join(", ", added)}]);"));
    }

    /// <summary>Where the sequences of results begin that have lengths of their own.</summary>
    private void WriteLengths()
    {
        HashSet<int> needed = [];
        foreach (PlanOutput output in plan.Outputs) Need(output.RowSpace);
        if (method != Method.Run)
        {
            // What is given once brings no rows to a step, whatever the arithmetic makes of none.
            foreach (RowSpace space in plan.RowSpaces.Where(s => s.Lengths is not null && !s.IsLocal && IsGiven(plan.Inputs[s.Input]))) Need(space.Id);
        }
        foreach (RowSpace space in plan.RowSpaces.Where(s => needed.Contains(s.Id)))
        {
            lengths[space.Id] = Local("lengths" + Number(space.Id));
            writer.Line($"using var {lengths[space.Id]} = new {Execution}ComputedOffsets({inputs[space.Input]}.Offsets.Length - 1);");
            if (!space.IsLocal) WriteLengths(space);
        }
        WriteRows(plan.Steps, needed);

        void Need(int id)
        {
            RowSpace space = plan.RowSpaces[id];
            if ((space.Lengths is null && !space.IsChosen) || !needed.Add(id)) return;
            if (space.Lengths is { } computed) foreach (RowInteger.Length l in computed.All().OfType<RowInteger.Length>()) Need(l.Space);
            foreach ((int chosen, int[] from) in Step.Choices(plan.Steps))
                if (chosen == id) foreach (int of in from) Need(of);
        }
    }

    private void WriteLengths(RowSpace space)
    {
        var host = new HostIntegers(
            plan, HostPart.Text, (input, types) => inputs[input] + (types ? ".Types" : ".Ids"),
            of => lengths.TryGetValue(of, out string? own) ? $"{own}.Length({sequence})" : InputLength(inputs[plan.RowSpaces[of].Input]));
        string name = lengths[space.Id];
        writer.Line($"for (int {sequence} = 0; {sequence} < {name}.Count; {sequence}++)");
        string words = CSharpText.Literal(HostIntegers.Words(plan, space.Lengths!));
        string length = $"{Execution}RunCheck.Length({host.Length(space, sequence)}, {sequence}, {CSharpText.Literal(plan.Name)}, {words})";
        writer.Line(LongLine.Broken($"    {name}.Set({sequence}, {length});"));

        string InputLength(string input) => $"({input}.Offsets[{sequence} + 1] - {input}.Offsets[{sequence}])";
    }

    /// <summary>Follows the loops and branches that choose rows of results.</summary>
    private void WriteRows(IEnumerable<Step> steps, HashSet<int> needed)
    {
        foreach (Step step in steps)
        {
            switch (step)
            {
                case Step.Lengths r when needed.Contains(r.Space):
                    WriteLengths(plan.RowSpaces[r.Space]);
                    break;
                case Step.Loop l when IsNeeded(l):
                    foreach (CarriedRows c in l.Carried) Choose(c.Inside, c.Initial);
                    writer.Open(HostPart.LoopText(new PlanLoop(l.Index, l.Start, l.End)));
                    WriteRows(l.Body, needed);
                    foreach (CarriedRows c in l.Carried) Choose(c.Inside, c.Next);
                    writer.Close();
                    foreach (CarriedRows c in l.Carried) Choose(c.Result, c.Inside);
                    break;
                case Step.Branch b when IsNeeded(b):
                    writer.Open($"if ({HostPart.Text(b.Condition)})");
                    WriteRows(b.Then, needed);
                    foreach (MergedRows m in b.Merged) Choose(m.Result, m.Then);
                    writer.Close().Open("else");
                    WriteRows(b.Else, needed);
                    foreach (MergedRows m in b.Merged) Choose(m.Result, m.Else);
                    writer.Close();
                    break;
                default:
                    break;
            }
        }

        bool IsNeeded(Step step) => Step.Choices([step]).Any(c => needed.Contains(c.Chosen));

        void Choose(int space, int from)
        {
            if (!needed.Contains(space)) return;
            string offsets = lengths.TryGetValue(from, out string? own) ? own : inputs[plan.RowSpaces[from].Input];
            writer.Line($"{lengths[space]}.Take({offsets}.Offsets);");
        }
    }

    private void WriteReference()
    {
        Dictionary<int, string> rows = [];
        if (method != Method.Run) WriteWholes();
        foreach (RowSpace space in plan.RowSpaces.Where(s => s.IsOfInput))
        {
            rows[space.Id] = Local("rows" + Number(space.Id));
            string name = inputs[space.Input];
            bool isTokens = plan.Inputs[space.Input].Kind == InputKind.Tokens;
            if (method != Method.Run) name = wholes[space.Input];
            string value = isTokens ? $"{Execution}ReferenceInput.Rows({name})" : name + ".Rows";
            writer.Line($"global::KernelForge.RowSpace {rows[space.Id]} = {value};");
        }
        string arguments = string.Join(", ", plan.Inputs.Select((input, i) =>
            $"{Execution}ReferenceInput.{input.Kind}({rows[input.RowSpace]}, {(method == Method.Run ? inputs[i] : wholes[i])})"));
        string fill = method == Method.Run ? "Fill" : "FillLast";
        string call = layer.Entry!.IsIndexer ? $"this[{arguments}]" : $"{layer.Entry.Name}({arguments})";
        if (destinations.Length == 1)
        {
            writer.Line($"new {Execution}RunOutput({destinations[0]}).{fill}({call});");
            return;
        }
        string[] values = [.. destinations.Select((_, i) => Local("result" + Number(i)))];
        writer.Line($"var {Tuple(values)} = {call};");
        for (int i = 0; i < destinations.Length; i++) writer.Line($"new {Execution}RunOutput({destinations[i]}).{fill}({values[i]});");
    }

    /// <summary>What each parameter was given so far, this run included.</summary>
    private void WriteWholes()
    {
        for (int i = 0; i < plan.Inputs.Count; i++)
        {
            wholes.Add(Local("whole" + Number(i + 1)));
            writer.Line($"{InputType(plan.Inputs[i])} {wholes[i]} = {run}.Whole({Number(i)}, {inputs[i]});");
        }
    }


    private void Document()
    {
        writer.Line(method switch
        {
            Method.Run => "/// <summary>Runs the layer on a batch. Several threads may do so at once.</summary>",
            Method.Prefill => "/// <summary>Runs the first rows of sequences, and keeps in a cache what their next rows need.</summary>",
            _ => "/// <summary>Runs further rows of sequences: what the last rows of a run of all their rows would give.</summary>",
        });
        foreach (PlanInput i in plan.Inputs.Where(IsGiven))
        {
            string columns = i.Kind == InputKind.Tokens ? ", " + i.Columns : "";
            string rows = method != Method.Run && plan.HasRowsThatGoOn(i.RowSpace) ? "new " + plan.RowSpaces[i.RowSpace].Name : plan.RowSpaces[i.RowSpace].Name;
            writer.Line($"/// <param name=\"{i.Name}\">[{rows}{columns}].</param>");
        }
        if (method == Method.Run) return;
        writer.Line($"/// <param name=\"{cache}\">Of this layer; see <see cref=\"NewCache\"/>.</param>");
        string which = method == Method.Prefill ? ", without rows so far" : ", each with at least one new row";
        writer.Line($"/// <param name=\"{sequences}\">The numbers that the cache gave the batch's sequences{which}.</param>");
        writer.Line($"/// <exception cref=\"{Runtime}CacheFullException\">The rows do not fit in the cache, which stays as it was.</exception>");
    }

    private string Shapes() => string.Join(" and ", plan.Outputs.Select(o => $"[{plan.RowSpaces[o.RowSpace].Name}, {o.Columns}]"));

    private string Reset(PlanOutput output, string destination)
    {
        RowSpace space = plan.RowSpaces[output.RowSpace];
        string offsets = space.TableRows is { } rows ? HostPart.Text(rows.ToScalar())
            : lengths.TryGetValue(space.Id, out string? own) ? own + ".Offsets"
            : inputs[space.Input] + ".Offsets" + (space.SequencesOf is null ? "" : ".Length - 1");
        return $"{destination}.Reset({offsets}, {HostPart.Text(output.Columns.ToScalar())});";
    }

    private string ResultType(PlanOutput output) =>
        Runtime + (plan.RowSpaces[output.RowSpace] is { SequencesOf: null, TableRows: null } ? "RaggedMatrix" : "Matrix");

    private static string InputType(PlanInput input) => Runtime + (input.Kind == InputKind.Tokens ? "RaggedMatrix" : "RaggedBatch");

    private string Local(string wanted) => ProgramNames.Unique(taken, wanted);

    /// <summary>One as it is, several in parentheses.</summary>
    private static string Tuple(string[] items) => items.Length == 1 ? items[0] : "(" + string.Join(", ", items) + ")";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
