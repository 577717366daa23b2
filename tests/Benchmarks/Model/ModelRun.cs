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
        double coldStart = RunLine.SinceStart;

        Times.WarmUp(() => encoder.Run(input, output));
        var times = new Times();
        for (int i = 0; i < repetitions; i++) times.Add(() => encoder.Run(input, output));
        string variant = string.Create(CultureInfo.InvariantCulture, $"{precision.Name}-{VectorWidth.Resolve(vectorBits)}");
        JsonObject line = RunLine.Of("kernelforge", variant, workload, threads, layers, times, coldStart, load, output.Values);
        line["instructions"] = new CpuDevice(threads, vectorBits, precision.Value).Instructions;
        return line;
    }
}
