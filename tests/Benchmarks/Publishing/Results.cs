using System.Text.Json;
using System.Text.Json.Nodes;

namespace KernelForge.Benchmarks.Publishing;

/// <summary>What one run of <c>compare</c> wrote, read back.</summary>
internal sealed class Results
{
    private readonly List<JsonObject> lines;

    private Results(List<JsonObject> lines)
    {
        this.lines = lines;
        Machine = lines[0];
        Measured = [.. Having("peer").Where(l => l.ContainsKey("workload")).Select(l => new Measurement(l, "workload"))];
        MeasuredTexts = [.. Having("peer").Where(l => l.ContainsKey("texts")).Select(l => new Measurement(l, "texts"))];
        Medians = Having("ratio").ToDictionary(
            l => ((string)l["ratio"]!, (string)(l["workload"] ?? l["texts"])!), l => (double)l["median"]!);
    }

    public JsonObject Machine { get; }

    /// <summary>The layers of BERT-base on workloads.</summary>
    public IReadOnlyList<Measurement> Measured { get; }

    /// <summary>A whole encoder on texts.</summary>
    public IReadOnlyList<Measurement> MeasuredTexts { get; }

    public IEnumerable<JsonObject> Samples => Having("sample");

    public IEnumerable<string> Missing => Having("missing").Select(l => (string)l["missing"]!).Distinct();

    public string Command => (string?)Having("command").FirstOrDefault()?["command"] ?? "unknown";

    /// <summary>Those that have GFLOP/s: the numbers and the best that was reached in them.</summary>
    public IEnumerable<(string Numbers, string Of, double Gflops)> Peaks =>
        Having("peak").Where(l => l.ContainsKey("numbers"))
            .Select(l => ((string)l["numbers"]!, (string)l["peak"]!, (double)l["best_gflops"]!));

    public double? MemoryBandwidth => (double?)Having("best_gb_s").FirstOrDefault()?["best_gb_s"];

    /// <summary>Medians over rounds of a contender's time over KernelForge's, by the name of the ratio and what it was measured on.</summary>
    private Dictionary<(string Ratio, string On), double> Medians { get; }

    /// <exception cref="InvalidDataException">The file holds something else; the message says what.</exception>
    public static Results Read(string path)
    {
        JsonArray? array;
        try
        {
            array = JsonNode.Parse(File.ReadAllText(path)) as JsonArray;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not JSON: {e.Message}", e);
        }
        List<JsonObject> lines = [.. array?.OfType<JsonObject>() ?? []];
        if (lines.Count == 0 || !lines[0].ContainsKey("date") || !lines.Exists(l => l.ContainsKey("command")))
            throw new InvalidDataException($"'{path}' is no result of './bench.sh compare': it has no line of a machine or of a command");
        return new Results(lines);
    }

    public JsonObject? Accuracy(string numbers) => Having("accuracy").FirstOrDefault(l => (string?)l["accuracy"] == numbers);

    /// <summary>How many times as long a contender took as one of KernelForge: by best times, and by the median over rounds.</summary>
    public (double Best, double? Median) Ratio(Measurement other, Measurement mine)
    {
        bool divided = Medians.TryGetValue(($"{other.Name} / {mine.Name}", mine.On), out double median);
        return (other.BestMilliseconds / mine.BestMilliseconds, divided ? median : null);
    }

    private IEnumerable<JsonObject> Having(string field) => lines.Where(l => l.ContainsKey(field));
}
