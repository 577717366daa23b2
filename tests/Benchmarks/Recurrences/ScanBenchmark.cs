using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Benchmarks.Recurrences;

/// <summary>
/// Linear recurrences over one sequence of growing length, and over the same rows as sequences of 512, which are gone through row by row: microseconds a row,
/// which stay the same as the sequence grows.
/// </summary>
internal static class ScanBenchmark
{
    private const int Rounds = 5, Short = 512;

    private static readonly int[] Lengths = [512, 1024, 2048, 4096, 8192, 16384, 32768];

    public static void Run(Report report, int threads, int vectorBits)
    {
        Device device = Device.Cpu(threads, vectorBits);
        using SelectiveRecurrence mamba = new(1536, 16), narrow = new(32, 16);
        using RetentionRecurrence small = new(512, 8, 512), large = new(1024, 4, 2048);
        foreach (SelectiveRecurrence layer in (SelectiveRecurrence[])[mamba, narrow])
        {
            using WeightSource weights = Decays(layer);
            layer.LoadWeights(weights, device);
        }
        using WeightSource none = WeightSource.FromMemory(new SafetensorsBytes().ToArray());
        small.LoadWeights(none, device);
        large.LoadWeights(none, device);
        Measure(report, threads, "mamba, 1536 features of 16 states", (2 * 1536) + 32, (x, y) => mamba.Run(x, y));
        Measure(report, threads, "mamba, 32 features of 16 states", (2 * 32) + 32, (x, y) => narrow.Run(x, y));
        Measure(report, threads, "retnet, 8 heads of 64 by 64", 3 * 512, (x, y) => small.Run(x, y));
        Measure(report, threads, "retnet, 4 heads of 256 by 512", 4096, (x, y) => large.Run(x, y));
    }

    private static void Measure(Report report, int threads, string shape, int columns, Action<RaggedMatrix, RaggedMatrix> run)
    {
        var times = new Dictionary<(int Length, bool Whole), Times>();
        var y = new RaggedMatrix();
        // One sequence and many have their turn one after the other in each round, so that a busy minute meets both.
        for (int round = 0; round <= Rounds; round++)
        {
            foreach (int length in Lengths)
            {
                foreach (bool whole in (bool[])[true, false])
                {
                    var x = new RaggedMatrix(whole ? [length] : [.. Enumerable.Repeat(Short, length / Short)], columns);
                    PseudoNormal.Fill(x.Values, seed: 7, deviation: 0.5f);
                    if (round == 0) run(x, y);
                    else (times.TryGetValue((length, whole), out Times? t) ? t : times[(length, whole)] = new Times()).Add(() => run(x, y));
                }
            }
        }
        foreach (int length in Lengths)
        {
            Times one = times[(length, true)], many = times[(length, false)];
            report.Add(new JsonObject
            {
                ["recurrence"] = shape,
                ["length"] = length,
                ["threads"] = threads,
                ["reps"] = Rounds,
                ["one_best_us_a_row"] = OfRow(one.Best),
                ["one_median_us_a_row"] = OfRow(one.Median),
                ["row_by_row_best_us_a_row"] = OfRow(many.Best),
                ["row_by_row_median_us_a_row"] = OfRow(many.Median),
                ["faster_best"] = Math.Round(many.Best / one.Best, 2),
                ["faster_median"] = Math.Round(many.Median / one.Median, 2),
            });

            double OfRow(double milliseconds) => Math.Round(1000 * milliseconds / length, 3);
        }
    }

    private static WeightSource Decays(ILayer layer)
    {
        var bytes = new SafetensorsBytes();
        foreach (WeightSlot slot in WeightSlots.Of(layer))
        {
            float[] values = new float[slot.Shape.Aggregate(1, (a, b) => a * b)];
            // Mamba begins with the states' numbers, 1, 2, …, as rates of decay.
            for (int i = 0; i < values.Length; i++) values[i] = MathF.Log(1 + (i % slot.Shape[^1]));
            bytes.Add(slot.Names[0], [.. slot.Shape], values);
        }
        return WeightSource.FromMemory(bytes.ToArray());
    }
}
