using System.Text.Json;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Model;
using KernelForge.Benchmarks.Peers;
using KernelForge.TestData;

namespace KernelForge.Benchmarks.Tests;

public sealed class TurnsTests
{
    private static readonly Contender own = Printing("kernelforge", 10, 10, 0.5), peer = Printing("other", 15, 20, 0.6);
    private static readonly Contender failing = new("failing", ".", ["sh", "-c", "echo it broke >&2; exit 3"], ComparedPrecision.Float32);

    [Fact]
    public void A_peer_that_fails_is_told_and_has_no_further_turn()
    {
        var report = new Report();
        var results = new Dictionary<Contender, Rounds> { [own] = new(), [failing] = new(), [peer] = new() };
        var turns = new Turns(report, [own]);
        for (int round = 0; round < 2; round++) turns.Take("round", results, c => c.Run("task"));
        Assert.Equal([own, peer], results.Keys);
        JsonNode line = Assert.Single(Written(report))!;
        Assert.Equal("failing ended on task with code 3: it broke", (string?)line["missing"]);
        Assert.Equal([10.0, 10], results[own].Medians);
    }

    [Fact]
    public void KernelForge_may_not_fail() => Assert.Throws<InvalidOperationException>(
        () => new Turns(new Report(), [failing]).Take("round", new() { [failing] = new() }, c => c.Run("task")));

    [Fact]
    public void Results_that_differ_are_reported_and_end_the_comparison()
    {
        var report = new Report();
        var results = new Dictionary<Contender, Rounds> { [own] = new(), [peer] = new() };
        new Turns(report, [own]).Take("round", results, c => c.Run("task"));
        string message = Assert.Throws<InvalidOperationException>(() => new Ratios(report, [own], "workload", "task").Add(results)).Message;
        Assert.Contains("did not compute the same on task", message, StringComparison.Ordinal);
        JsonNode line = Assert.Single(Written(report))!;
        Assert.Equal(("other fp32 / kernelforge fp32", 1.5, 2.0), ((string?)line["ratio"], (double)line["best"]!, (double)line["median"]!));
    }

    private static Contender Printing(string name, double best, double median, double mean)
    {
        var line = new JsonObject { ["peer"] = name, ["variant"] = "fp32", ["best_ms"] = best, ["median_ms"] = median, ["mean_abs"] = mean };
        return new(name, ".", ["sh", "-c", $"echo '{line.ToJsonString()}'"], ComparedPrecision.Float32);
    }

    private static JsonArray Written(Report report)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "report.json");
        report.WriteTo(path);
        return JsonNode.Parse(File.ReadAllText(path)) as JsonArray ?? throw new JsonException();
    }
}
