using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Workloads;

namespace KernelForge.Benchmarks.Peers;

/// <summary>What one contender needed for one workload in each of several rounds.</summary>
internal sealed class Rounds(Workload workload)
{
    private readonly List<JsonObject> lines = [];

    public string Name => $"{lines[0]["peer"]} {lines[0]["variant"]}";

    public double Best => lines.Min(Milliseconds("best_ms"));

    public IEnumerable<double> Medians => lines.Select(Milliseconds("median_ms"));

    public double MeanMagnitude => lines[0]["mean_abs"]!.GetValue<double>();

    public double UsefulGflops => workload.UsefulFlops(workload.Layers) / Best / 1e6;

    public void Add(JsonObject line) => lines.Add(line);

    /// <summary>A line of the same form for all rounds together.</summary>
    public JsonObject Summary()
    {
        JsonObject summary = lines[0].DeepClone().AsObject();
        summary["reps"] = lines.Sum(line => line["reps"]!.GetValue<int>());
        summary["rounds"] = lines.Count;
        summary["best_ms"] = Best;
        summary["median_ms"] = Times.MedianOf(Medians);
        summary["valid_tok_s"] = Math.Round(workload.Tokens / Best * 1e3);
        summary["useful_gflops"] = Math.Round(UsefulGflops, 1);
        summary["peak_rss_mib"] = lines.Max(Milliseconds("peak_rss_mib"));
        foreach (string field in (string[])["cold_start_ms", "load_ms"]) summary[field] = lines.Min(Milliseconds(field));
        return summary;
    }

    private static Func<JsonObject, double> Milliseconds(string field) => line => line[field]!.GetValue<double>();
}
