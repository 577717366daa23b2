using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Model;
using KernelForge.Benchmarks.Peers;
using KernelForge.Runtime;

namespace KernelForge.Benchmarks.Loading;

/// <summary>
/// From a checkpoint on disk to a model that can run, each time in a process of its own: laid out, laid out and kept in a cache folder, and
/// read from there. The system has the files in memory, as it has of a model that was loaded before.
/// </summary>
internal static class LoadBenchmark
{
    /// <summary>BERT-base's layers, with two more in place of its embeddings: 397 MB of float32.</summary>
    private const int Layers = 14;

    private const string Checkpoint = "model.safetensors";

    public static void Run(Report report, int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("kernelforge-load-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), BertCheckpoint.Config(Layers));
            File.WriteAllBytes(Path.Combine(folder, Checkpoint), BertCheckpoint.Weights(Layers));
            foreach (ComparedPrecision precision in ComparedPrecision.All) Run(report, folder, precision, rounds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static JsonObject RunOnce(string folder, ComparedPrecision precision)
    {
        long start = Stopwatch.GetTimestamp();
        using ModelSource source = ModelSource.Open(folder);
        using BertEncoder encoder = BertEncoder.Load(source, Device.Cpu(precision: precision.Value));
        return new() { ["load_ms"] = Stopwatch.GetElapsedTime(start).TotalMilliseconds };
    }

    private static void Run(Report report, string folder, ComparedPrecision precision, int rounds)
    {
        Contender plain = Self.Running("loaded", precision);
        var laidOut = new List<double>();
        var kept = new List<double>();
        var cached = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            string cache = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"cache-{precision.Name}-{round}"));
            Contender withCache = plain with { Variables = new Dictionary<string, string> { [CpuDevice.WeightCacheVariable] = cache } };
            laidOut.Add(Load(plain));
            kept.Add(Load(withCache));
            cached.Add(Load(withCache));
            Directory.Delete(cache, recursive: true);
        }
        Tell("laid out", laidOut);
        Tell("laid out and kept", kept);
        Tell("read from the cache", cached);

        double Load(Contender contender) => contender.Run(folder)["load_ms"]!.GetValue<double>();

        void Tell(string weights, List<double> times) => report.Add(new()
        {
            ["load"] = weights,
            ["precision"] = precision.Name,
            ["checkpoint_mb"] = Math.Round(new FileInfo(Path.Combine(folder, Checkpoint)).Length / 1e6),
            ["rounds"] = rounds,
            ["best_ms"] = Math.Round(times.Min()),
            ["median_ms"] = Math.Round(Times.MedianOf(times)),
        });
    }
}
