using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Model;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Programs;
using KernelForge.Runtime.Execution;

namespace KernelForge.Hardware;

/// <summary>
/// The generated encoder with random weights: the time of a batch on the device, between events around replays of its graph, and the time of
/// a whole run as a program sees it. What comes out is compared with the CPU's program.
/// </summary>
internal static class EncoderSpeed
{
    /// <param name="report">Told what comes out.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="precision">That of the device.</param>
    /// <param name="workloads">The batches, all on one model.</param>
    /// <param name="layers">Layers of the model.</param>
    /// <param name="replays">Replays that count.</param>
    public static void Measure(Report report, Device device, CudaPrecision precision, IEnumerable<Workload> workloads, int layers, int replays)
    {
        byte[] weights = BertCheckpoint.Weights(layers);
        var clock = Stopwatch.StartNew();
        using BertEncoder encoder = Load(weights, layers, device);
        report.Number($"load_{layers}_layers_{precision}_s", clock.Elapsed.TotalSeconds);
        using BertEncoder onCpu = Load(weights, layers, Device.Cpu());
        foreach (Workload workload in workloads) Measure(report, encoder, onCpu, precision, workload, layers, replays);
    }

    private static BertEncoder Load(byte[] weights, int layers, Device device)
    {
        using ModelSource source = ModelSource.FromMemory(BertCheckpoint.Config(layers), weights, "BERT-base from a seed");
        return BertEncoder.Load(source, device);
    }

    private static void Measure(
        Report report, BertEncoder encoder, BertEncoder onCpu, CudaPrecision precision, Workload workload, int layers, int replays)
    {
        var input = new RaggedMatrix(workload.Lengths, BertBase.Hidden);
        workload.Input().CopyTo(input.Values);
        RaggedMatrix output = new(), expected = new();
        encoder.Run(input, output);
        onCpu.Run(input, expected);
        Distance distance = Distance.Between(output.Values, expected.Values);
        string name = $"{workload.Name} {precision}";
        report.Check($"{name} against the CPU", distance.Relative <= GoldenRun.RelativeLimit(precision), string.Create(
            CultureInfo.InvariantCulture, $"relative difference {distance.Relative:g3}, allowed {GoldenRun.RelativeLimit(precision):g3}"));

        const int warm = 3;
        var times = new TimeSpan[warm + replays];
        var timed = new RaggedMatrix(workload.Lengths, BertBase.Hidden);
        ((CudaProgram)((ICompiledLayer)encoder).Session!.Program!).Time([new RunInput(input)], [new RunOutput(timed)], times);
        report.Check($"{name} timed", timed.Values.SequenceEqual(output.Values), "what is timed gives the bits of a run");
        double[] replay = [.. times.Skip(warm).Select(t => t.TotalMilliseconds).Order()];
        double median = replay[replay.Length / 2];
        double whole = Enumerable.Range(0, replays).Select(_ => Clock(() => encoder.Run(input, output))).Order().ElementAt(replays / 2);
        report.Node($"speed {name}", new JsonObject
        {
            ["layers"] = layers,
            ["tokens"] = workload.Tokens,
            ["padded_tokens"] = workload.PaddedTokens,
            ["replay_ms"] = Math.Round(median, 4),
            ["least_replay_ms"] = Math.Round(replay[0], 4),
            ["useful_tflops"] = Math.Round(workload.UsefulFlops(layers) / median / 1e9, 1),
            ["tokens_per_second"] = Math.Round(workload.Tokens / median * 1e3),
            ["whole_run_ms"] = Math.Round(whole, 4),
        });
    }

    private static double Clock(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
