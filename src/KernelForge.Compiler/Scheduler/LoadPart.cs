using System.Globalization;
using KernelForge.Compiler.BackEnds;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.Scheduler;

/// <summary>How a layer gets ready to run: from a configuration and weights, or, to be planned, from a configuration alone.</summary>
internal sealed class LoadPart(LayerSpec layer, KernelPlan plan, IReadOnlyList<IBackEnd> backEnds, CodeWriter writer)
{
    private const string Execution = HostPart.Execution, Runtime = HostPart.Runtime;
    private const string DeviceDocument =
        $"/// <param name=\"device\">Where it runs; null for <see cref=\"{Runtime}Device.Auto\"/>.</param>";

    public void Write()
    {
        if (layer.Kind == LayerKind.Model)
        {
            WriteLoad();
            WriteConfigure();
        }
        WriteLoadWeights();
        WriteForTools();
        WriteStart();
    }

    private void WriteLoad()
    {
        const string Files = "<c>config.json</c> and <c>model.safetensors</c> (or its shards)";
        writer.Line($"/// <summary>Loads the model from a folder with {Files}.</summary>");
        writer.Line("/// <param name=\"folder\">The folder, as it is downloaded.</param>");
        writer.Line(DeviceDocument);
        writer.Open($"public static {layer.Name} Load(string folder, {Runtime}Device? device = null)");
        writer.Line($"using {Runtime}ModelSource source = {Runtime}ModelSource.Open(folder);");
        writer.Line("return Load(source, device);");
        writer.Close().Line();
        writer.Line("/// <summary>Loads the model from an open source, which may be disposed afterwards.</summary>");
        writer.Line("/// <param name=\"source\">The configuration and the weights.</param>");
        writer.Line(DeviceDocument);
        writer.Open($"public static {layer.Name} Load({Runtime}ModelSource source, {Runtime}Device? device = null)");
        writer.Line("global::System.ArgumentNullException.ThrowIfNull(source);");
        writer.Line($"{layer.Name} model = kf_Configure(source.Config);");
        writer.Line("try { model.LoadWeights(source.Weights, device); }");
        writer.Line("catch { model.Dispose(); throw; }");
        writer.Line("return model;");
        writer.Close().Line();
    }

    private void WriteConfigure()
    {
        string configure = $"{Execution}ICompiledModel.Configure({Runtime}ModelConfig config)";
        writer.Line($"static {Execution}ICompiledLayer {configure} =>\n    kf_Configure(config);").Line();
        writer.Line("/// <summary>The model with its hyper-parameters and without weights.</summary>");
        writer.Open($"private static {layer.Name} kf_Configure({Runtime}ModelConfig config)");
        writer.Line("global::System.ArgumentNullException.ThrowIfNull(config);");
        foreach (Requirement r in layer.Requirements) writer.Line(ConfigBinding.Required(r));
        string arguments = string.Join(",", layer.HyperParameters.Select(h => "\n    " + ConfigBinding.Argument(h)));
        writer.Line($"return new {layer.Name}({arguments});");
        writer.Close().Line();
    }

    private void WriteLoadWeights()
    {
        writer.Line("/// <summary>Reads the weights and makes ready to run.</summary>");
        writer.Line("/// <param name=\"weights\">The checkpoint; it may be disposed afterwards.</param>");
        writer.Line(DeviceDocument);
        writer.Line("/// <param name=\"prefix\">What stands before this layer's names in the checkpoint: <c>encoder.layer.0.</c>.</param>");
        writer.Open($"public void LoadWeights({Runtime}WeightSource weights, {Runtime}Device? device = null, string prefix = \"\")");
        if (plan.Checks.Count > 0) writer.Line("kf_Check();");
        string ignored = string.Join(", ", layer.IgnoredWeights.Select(CSharpText.Literal));
        writer.Line($"{Runtime}LoadedWeights resolved = {Runtime}LoadedWeights.Resolve(this, weights, prefix, [{ignored}]);");
        writer.Line($"global::System.Threading.Interlocked.Exchange(ref {HostPart.Session}, kf_Start(device, resolved))?.Dispose();");
        writer.Close().Line();
    }

    private void WriteForTools()
    {
        string contract = Execution + "ICompiledLayer", session = Execution + "ModelSession";
        writer.Line("// For tools; a layer's user has Device and LoadWeights.");
        writer.Line($"{session}? {contract}.Session => {HostPart.Session};").Line();
        writer.Open($"{session} {contract}.Plan({Runtime}Device device)");
        writer.Line("global::System.ArgumentNullException.ThrowIfNull(device);");
        if (plan.Checks.Count > 0) writer.Line("kf_Check();");
        writer.Line($"return kf_Start(device, {Runtime}LoadedWeights.Absent);");
        writer.Close().Line();
    }

    private void WriteStart()
    {
        RecurringWidths.Write(plan, writer, name => "kf_" + name);
        if (plan.Checks.Count > 0)
        {
            writer.Line("/// <summary>What must hold of the hyper-parameters.</summary>");
            writer.Open("private void kf_Check()");
            string name = CSharpText.Literal(layer.Name);
            foreach (PlanCheck check in plan.Checks)
            {
                foreach (PlanLoop loop in check.Loops) writer.Open(HostPart.LoopText(loop));
                string condition = HostPart.Text(check.Condition);
                writer.Line($"{Execution}RunCheck.Hyperparameters(\n    {condition}, {name},\n    {Message(check)});");
                foreach (PlanLoop _ in check.Loops) writer.Close();
            }
            writer.Close().Line();
        }
        writer.Line("/// <summary>The layer's programs, in the order in which <c>Device.Auto</c> prefers them.</summary>");
        writer.Line($"private {Execution}ModelSession kf_Start({Runtime}Device? device, {Runtime}LoadedWeights weights) =>");
        writer.Line($"    {Execution}ModelSession.Start(device, weights{Precisions()}{string.Concat(backEnds.Select(Program))});").Line();
    }

    /// <summary>What the layer says of its products, where it says anything.</summary>
    private string Precisions()
    {
        string[] pinned =
        [
            .. plan.Parameters.Where(p => p.Precision is not null)
                .Select(p => $"({CSharpText.Literal(WeightsOf(p.Path))}, {Name(p.Precision)})").Distinct(),
        ];
        return layer.Precision is null && pinned.Length == 0 ? "" : $",\n        new {Execution}LayerPrecision({string.Join(", ", pinned.Prepend(Name(layer.Precision)))})";

        static string Name(ProductPrecision? precision) => precision is { } said ? "global::KernelForge.Precision." + said : "null";
    }

    /// <summary>The field of a weight: the way to it without its last part.</summary>
    private static string WeightsOf(ParameterPath path) => new ParameterPath(path.Segments.Take(path.Segments.Count - 1).ToEquatableArray()).ToString();

    private string Program(IBackEnd backEnd)
    {
        string arguments = string.Join(", ", (string[])["chosen", "read", .. plan.HyperParameters.Select(h => "kf_" + h.Name)]);
        return $$"""
            ,
                    {{Execution}}DeviceProgram.For<{{backEnd.DeviceType}}>(
                        (chosen, read) => {{backEnd.ProgramName(layer)}}.Create(
            {{LongLine.Broken("                " + arguments)}}),
                        {{backEnd.DeviceType}}.Candidate)
            """;
    }

    private static string Message(PlanCheck check)
    {
        if (check.Values.Count > 0)
        {
            string text = CSharpText.Literal(check.Message);
            for (int i = 0; i < check.Values.Count; i++)
                text = text.Replace("{" + i.ToString(CultureInfo.InvariantCulture) + "}", "{(" + HostPart.Text(check.Values[i]) + ")}");
            return "$" + text;
        }
        // The values that broke the rule, by the names that the user gave them, in the order in which the message has them.
        List<string> names = [];
        ScalarText.Of(check.Condition, h => { if (!h.IsArray) names.Add(h.Name); return ""; }, i => "");
        IEnumerable<string> ordered = names.Distinct().OrderBy(n => check.Message.IndexOf(n, StringComparison.Ordinal));
        IEnumerable<string> indices = check.Loops.Select(l => l.Index + " = {" + l.Index + "}");
        string values = string.Join(", ", ordered.Select(n => n + " = {kf_" + n + "}").Concat(indices));
        return "$" + CSharpText.Literal(check.Message + (values.Length == 0 ? "" : $" ({values})"));
    }
}
