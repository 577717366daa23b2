using System.Diagnostics;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Model;

namespace KernelForge.Benchmarks.Loading;

/// <summary>From the start of a native process to the line that has its first vector, as whoever starts it sees it.</summary>
internal static class FirstVectorBenchmark
{
    private const string Text = "a spanner that fits both sizes";

    public static void Run(Report report, string program, string model, int rounds)
    {
        if (!File.Exists(Path.Combine(model, "modules.json")))
        {
            report.Add(new() { ["missing"] = $"the first vector was not measured: '{model}' has no model (--model names another folder)" });
            return;
        }
        foreach (ComparedPrecision precision in ComparedPrecision.All)
        {
            List<double> times = [.. Enumerable.Range(0, rounds).Select(_ => Time(program, model, precision))];
            report.Add(new()
            {
                ["first_vector"] = Path.GetFileName(model),
                ["precision"] = precision.Name,
                ["rounds"] = rounds,
                ["best_ms"] = Math.Round(times.Min()),
                ["median_ms"] = Math.Round(Times.MedianOf(times)),
            });
        }
    }

    private static double Time(string program, string model, ComparedPrecision precision)
    {
        var start = new ProcessStartInfo(program, [model, precision.Name, Text]) { RedirectStandardOutput = true };
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"'{program}' did not start.");
        string? line = process.StandardOutput.ReadLine();
        double milliseconds = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        process.WaitForExit();
        if (process.ExitCode != 0 || line is null || JsonNode.Parse(line) is not JsonArray { Count: > 0 })
            throw new InvalidOperationException($"'{program}' ended with code {process.ExitCode} and printed '{line}', which is no vector.");
        return milliseconds;
    }
}
