using System.Diagnostics;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Workloads;

namespace KernelForge.Benchmarks.Measure;

/// <summary>What a contender's process prints about its one workload: the same fields, counted in the same way, for all of them.</summary>
internal static class RunLine
{
    /// <summary>Milliseconds since this process began; after the first run, its cold start.</summary>
    public static double SinceStart => (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds;

    /// <param name="peer">The program.</param>
    /// <param name="variant">Its numbers and its way.</param>
    /// <param name="workload">What it ran.</param>
    /// <param name="threads">On how many threads.</param>
    /// <param name="layers">On how many layers.</param>
    /// <param name="times">Of the runs after the first.</param>
    /// <param name="coldStart"><see cref="SinceStart"/> after the first run.</param>
    /// <param name="load">Milliseconds from a model's bytes to one that can run.</param>
    /// <param name="output">Rows of valid tokens; of them the mean magnitude is told, one number that tells results apart.</param>
    public static JsonObject Of(
        string peer, string variant, Workload workload, int threads, int layers, Times times, double coldStart, double load,
        ReadOnlySpan<float> output) => new()
        {
            ["peer"] = peer,
            ["variant"] = variant,
            ["workload"] = workload.Name,
            ["threads"] = threads,
            ["layers"] = layers,
            ["reps"] = times.Count,
            ["valid_tokens"] = workload.Tokens,
            ["padded_tokens"] = workload.PaddedTokens,
            ["best_ms"] = Math.Round(times.Best, 2),
            ["median_ms"] = Math.Round(times.Median, 2),
            ["valid_tok_s"] = Math.Round(workload.Tokens / times.Best * 1e3),
            ["useful_gflops"] = Math.Round(workload.UsefulFlops(layers) / times.Best / 1e6, 1),
            ["peak_rss_mib"] = Process.GetCurrentProcess().PeakWorkingSet64 >> 20,
            ["cold_start_ms"] = Math.Round(coldStart),
            ["load_ms"] = Math.Round(load),
            ["mean_abs"] = Math.Round(MeanMagnitude(output), 6),
        };

    /// <summary>A line about vectors of texts.</summary>
    /// <param name="peer">The program.</param>
    /// <param name="variant">Its numbers and its way.</param>
    /// <param name="texts">The name of the texts.</param>
    /// <param name="count">How many.</param>
    /// <param name="threads">On how many threads.</param>
    /// <param name="times">Of runs over all texts, after a first one.</param>
    /// <param name="vectors">Their vectors, one after another.</param>
    public static JsonObject OfTexts(
        string peer, string variant, string texts, int count, int threads, Times times, ReadOnlySpan<float> vectors) => new()
        {
            ["peer"] = peer,
            ["variant"] = variant,
            ["texts"] = texts,
            ["sentences"] = count,
            ["threads"] = threads,
            ["reps"] = times.Count,
            ["best_ms"] = Math.Round(times.Best, 2),
            ["median_ms"] = Math.Round(times.Median, 2),
            ["peak_rss_mib"] = Process.GetCurrentProcess().PeakWorkingSet64 >> 20,
            ["mean_abs"] = Math.Round(MeanMagnitude(vectors), 6),
        };

    private static double MeanMagnitude(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values) sum += Math.Abs(value);
        return sum / values.Length;
    }
}
