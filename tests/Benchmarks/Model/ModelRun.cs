using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime;
using KernelForge.Runtime.Cpu;

namespace KernelForge.Benchmarks.Model;

/// <summary>KernelForge as one contender of several: a process that loads the model, runs one workload and prints a line.</summary>
internal static class ModelRun
{
    public static JsonObject Run(Workload workload, int threads, int layers, int repetitions, int vectorBits, ComparedPrecision precision)
    {
        byte[] weights = BertCheckpoint.Weights(layers);
        using ModelSource source = ModelSource.FromMemory(BertCheckpoint.Config(layers), weights, "BERT-base from a seed");
        var input = new RaggedMatrix(workload.Lengths, BertBase.Hidden);
        workload.Input().CopyTo(input.Values);
        var output = new RaggedMatrix();

        long start = Stopwatch.GetTimestamp();
        using BertEncoder encoder = BertEncoder.Load(source, Device.Cpu(threads, vectorBits, precision.Value));
        double load = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        encoder.Run(input, output);
        double coldStart = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds;

        var times = new Times();
        for (int i = 0; i < repetitions; i++) times.Add(() => encoder.Run(input, output));
        return new JsonObject
        {
            ["peer"] = "kernelforge",
            ["variant"] = string.Create(CultureInfo.InvariantCulture, $"{precision.Name}-{VectorWidth.Resolve(vectorBits)}"),
            ["instructions"] = new CpuDevice(threads, vectorBits, precision.Value).Instructions,
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
            ["mean_abs"] = Math.Round(MeanMagnitude(output.Values), 6),
        };
    }

    /// <summary>One number that tells different results apart.</summary>
    private static double MeanMagnitude(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values) sum += Math.Abs(value);
        return sum / values.Length;
    }
}
