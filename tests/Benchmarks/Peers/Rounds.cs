using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;

namespace KernelForge.Benchmarks.Peers;

/// <summary>What one contender needed for one task in each of several rounds.</summary>
internal sealed class Rounds
{
    private readonly List<JsonObject> lines = [];

    public string Name => $"{lines[0]["peer"]} {lines[0]["variant"]}";

    public double Best => Least("best_ms");

    public IEnumerable<double> Medians => lines.Select(Number("median_ms"));

    public double MeanMagnitude => lines[0]["mean_abs"]!.GetValue<double>();

    public double Least(string field) => lines.Min(Number(field));

    public void Add(JsonObject line) => lines.Add(line);

    /// <summary>A line of the same form for all rounds together.</summary>
    public JsonObject Summary()
    {
        JsonObject summary = lines[0].DeepClone().AsObject();
        summary["reps"] = lines.Sum(line => line["reps"]!.GetValue<int>());
        summary["rounds"] = lines.Count;
        summary["best_ms"] = Best;
        summary["median_ms"] = Times.MedianOf(Medians);
        summary["peak_rss_mib"] = lines.Max(Number("peak_rss_mib"));
        return summary;
    }

    private static Func<JsonObject, double> Number(string field) => line => line[field]!.GetValue<double>();
}
