using System.Text.Json;
using System.Text.Json.Nodes;
using KernelForge.Fuzzer.Running;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Fuzzer.Reports;

/// <summary>A run as JSON: where and how it was made, what was tried, covered and found. Written anew after every batch.</summary>
internal static class RunReport
{
    /// <summary>What an hour covers less often than that is listed by itself.</summary>
    public const int Enough = 50;

    private static readonly JsonSerializerOptions Format =
        new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(string file, Session session)
    {
        JsonObject report = Machine.Describe();
        report["command"] = "Fuzzer " + string.Join(' ', Environment.GetCommandLineArgs().Skip(1));
        report["minutes"] = Math.Round(session.Elapsed.TotalMinutes, 1);
        report["descriptions"] = session.Drawn;
        report["agree"] = session.Compared;
        report["gpu"] = session.IsOnHardware ? CudaDevice.Find().ToString() : "emulated";
        report["of_them_on_the_gpu"] = session.OnGpu;
        report["of_them_in_parts"] = session.Incremental;
        report["not_incremental"] = session.NotIncremental;
        report["broken_and_refused"] = session.Refused;
        report["compared_loosely"] = session.Loose;
        report["findings"] = new JsonArray([.. session.Findings.All.Select(Describe)]);
        report["below_" + Enough] = new JsonArray([.. session.Coverage.Below(Enough).Select(name => (JsonNode)name)]);
        report["passes"] = Counts(session.Coverage.Passes);
        report["kernels"] = Counts(session.Coverage.Kernels);
        report["language"] = Counts(session.Coverage.Ops);
        report["language_on_the_gpu"] = Counts(session.Coverage.OnGpu);
        File.WriteAllText(file, report.ToJsonString(Format) + "\n");
    }

    private static JsonObject Describe(Finding finding) => new()
    {
        ["kind"] = finding.Failure.Kind.ToString(),
        ["where"] = finding.Failure.Where,
        ["message"] = finding.Failure.Message.Split('\n')[0],
        ["seeds"] = new JsonArray([.. finding.Seeds.Select(seed => (JsonNode)seed)]),
        ["case"] = CaseText.Write(finding.Case),
    };

    private static JsonObject Counts(IReadOnlyDictionary<string, int> counts) =>
        new(counts.Select(count => KeyValuePair.Create(count.Key, (JsonNode?)count.Value)));
}
