using System.Globalization;
using KernelForge.Compiler.BackEnds;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.Scheduler;

/// <summary><c>Run</c>: into a new result, and into one that is given; by the compiled program, or by the description itself.</summary>
internal sealed class RunPart
{
    private const string Execution = HostPart.Execution, Runtime = HostPart.Runtime;

    private readonly LayerSpec layer;
    private readonly KernelPlan plan;
    private readonly CodeWriter writer;

    /// <summary>Names of the inputs, the fields that are read, and then of the locals.</summary>
    private readonly HashSet<string> taken;

    private readonly string[] inputs, destinations;
    private readonly string session, program, sequence;

    /// <summary>What holds the lengths of a row space, by its id.</summary>
    private readonly Dictionary<int, string> lengths = [];

    public RunPart(LayerSpec layer, KernelPlan plan, CodeWriter writer)
    {
        (this.layer, this.plan, this.writer) = (layer, plan, writer);
        IEnumerable<string> hypers = plan.HyperParameters.Select(h => "kf_" + h.Name);
        taken = new HashSet<string>(plan.Inputs.Select(i => i.Name).Concat(hypers), StringComparer.Ordinal);
        inputs = [.. plan.Inputs.Select(i => CSharpText.Identifier(i.Name))];
        destinations = [.. plan.Outputs.Select((_, i) => Local(plan.Outputs.Count == 1 ? "destination" : "destination" + Number(i + 1)))];
        (session, program, sequence) = (Local("session"), Local("program"), Local("sequence"));
    }

    public void Write()
    {
        string[] results = [.. plan.Outputs.Select(ResultType)];
        string parameters = string.Join(", ", plan.Inputs.Select((input, i) => InputType(input) + " " + inputs[i]));
        WriteMaking(results, parameters);
        WriteFilling(results, parameters);
    }

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
        writer.Open($"public void Run({parameters}, {given})");
        foreach (string name in inputs.Concat(destinations)) writer.Line($"global::System.ArgumentNullException.ThrowIfNull({name});");
        writer.Line($"{Execution}ModelSession {session} = {HostPart.LoadedSession(layer)};");
        foreach (string check in RunChecks.Of(plan)) writer.Line(check);
        WriteLengths();
        for (int i = 0; i < destinations.Length; i++) writer.Line(Reset(plan.Outputs[i], destinations[i]));
        writer.Open($"if ({session}.Program is {{ }} {program})");
        string read = string.Join(", ", inputs.Select(name => $"new {Execution}RunInput({name})"));
        string filled = string.Join(", ", destinations.Select(name => $"new {Execution}RunOutput({name})"));
        writer.Line(LongLine.Broken($"{program}.Run([{read}], [{filled}]);"));
        writer.Line("return;");
        writer.Close();
        WriteReference();
        writer.Close().Line();
    }

    /// <summary>Where the sequences of results begin that have lengths of their own.</summary>
    private void WriteLengths()
    {
        HashSet<int> needed = [];
        foreach (PlanOutput output in plan.Outputs) Need(output.RowSpace);
        var host = new HostIntegers(
            plan, HostPart.Text, (input, types) => inputs[input] + (types ? ".Types" : ".Ids"),
            space => lengths.TryGetValue(space, out string? own) ? $"{own}.Length({sequence})" : InputLength(inputs[plan.RowSpaces[space].Input]));
        foreach (RowSpace space in plan.RowSpaces.Where(s => needed.Contains(s.Id)))
        {
            string name = Local("lengths" + Number(space.Id));
            writer.Line($"using var {name} = new {Execution}ComputedOffsets({inputs[space.Input]}.Offsets.Length - 1);");
            writer.Line($"for (int {sequence} = 0; {sequence} < {name}.Count; {sequence}++)");
            string words = CSharpText.Literal(HostIntegers.Words(plan, space.Lengths!));
            string length = $"{Execution}RunCheck.Length({host.Length(space, sequence)}, {sequence}, {CSharpText.Literal(plan.Name)}, {words})";
            writer.Line(LongLine.Broken($"    {name}.Set({sequence}, {length});"));
            lengths[space.Id] = name;
        }

        string InputLength(string input) => $"({input}.Offsets[{sequence} + 1] - {input}.Offsets[{sequence}])";

        void Need(int space)
        {
            if (plan.RowSpaces[space].Lengths is not { } computed || !needed.Add(space)) return;
            foreach (RowInteger.Length l in computed.All().OfType<RowInteger.Length>()) Need(l.Space);
        }
    }

    private void WriteReference()
    {
        Dictionary<int, string> rows = [];
        foreach (RowSpace space in plan.RowSpaces.Where(s => s.IsOfInput))
        {
            rows[space.Id] = Local("rows" + Number(space.Id));
            string name = inputs[space.Input];
            bool isTokens = plan.Inputs[space.Input].Kind == InputKind.Tokens;
            string value = isTokens ? $"{Execution}ReferenceInput.Rows({name})" : name + ".Rows";
            writer.Line($"global::KernelForge.RowSpace {rows[space.Id]} = {value};");
        }
        string arguments = string.Join(", ", plan.Inputs.Select((input, i) =>
            $"{Execution}ReferenceInput.{input.Kind}({rows[input.RowSpace]}, {inputs[i]})"));
        string call = layer.Entry!.IsIndexer ? $"this[{arguments}]" : $"{layer.Entry.Name}({arguments})";
        if (destinations.Length == 1)
        {
            writer.Line($"new {Execution}RunOutput({destinations[0]}).Fill({call});");
            return;
        }
        string[] values = [.. destinations.Select((_, i) => Local("result" + Number(i)))];
        writer.Line($"var {Tuple(values)} = {call};");
        for (int i = 0; i < destinations.Length; i++) writer.Line($"new {Execution}RunOutput({destinations[i]}).Fill({values[i]});");
    }

    private void Document()
    {
        writer.Line("/// <summary>Runs the layer on a batch. Several threads may do so at once.</summary>");
        foreach (PlanInput i in plan.Inputs)
        {
            string columns = i.Kind == InputKind.Tokens ? ", " + i.Columns : "";
            writer.Line($"/// <param name=\"{i.Name}\">[{plan.RowSpaces[i.RowSpace].Name}{columns}].</param>");
        }
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
