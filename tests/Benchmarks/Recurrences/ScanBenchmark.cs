using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Benchmarks.Recurrences;

/// <summary>
/// Recurrences over one sequence of growing length, and over the same rows as sequences of 512: microseconds a row, which stay the same as
/// the sequence grows. Those that go in chunks also row by row.
/// </summary>
internal static class ScanBenchmark
{
    private const int Rounds = 5, Short = 512;

    private static readonly int[] Lengths = [512, 2048, 8192, 32768];

    public static void Run(Report report, int threads, int vectorBits)
    {
        Device device = Device.Cpu(threads, vectorBits);
        using SelectiveRecurrence mamba = new(1536, 16), narrow = new(32, 16);
        foreach (SelectiveRecurrence layer in (SelectiveRecurrence[])[mamba, narrow])
        {
            using WeightSource weights = Decays(layer);
            layer.LoadWeights(weights, device);
        }
        Measure(report, threads, "mamba, 1536 features of 16 states", (2 * 1536) + 32, (x, y) => mamba.Run(x, y));
        Measure(report, threads, "mamba, 32 features of 16 states", (2 * 32) + 32, (x, y) => narrow.Run(x, y));
        foreach (int width in (int[])[64, 16, 8])
        {
            using RetentionRecurrence retention = new(8 * width, 8, 8 * width);
            using WeightSource none = WeightSource.FromMemory(new SafetensorsBytes().ToArray());
            retention.LoadWeights(none, device);
            using SequenceCache cache = retention.NewCache(1L << 30);
            Measure(report, threads, $"retnet, 8 heads of {width} by {width}", 3 * 8 * width, (x, y) => retention.Run(x, y), (x, y) =>
            {
                int[] numbers = [.. Enumerable.Range(0, x.SequenceCount).Select(_ => cache.Add())];
                retention.Prefill(x, cache, numbers, y);
                foreach (int number in numbers) cache.Remove(number);
            });
        }
    }

    private static void Measure(
        Report report, int threads, string shape, int columns, Action<RaggedMatrix, RaggedMatrix> run,
        Action<RaggedMatrix, RaggedMatrix>? rowByRow = null)
    {
        Dictionary<(int Length, bool Whole), Times> times = [], slow = [];
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
                    Add(times, run, round, (length, whole), x);
                    if (rowByRow is not null) Add(slow, rowByRow, round, (length, whole), x);
                }
            }
        }
        foreach (int length in Lengths)
        {
            Times one = times[(length, true)], many = times[(length, false)];
            var line = new JsonObject
            {
                ["recurrence"] = shape,
                ["length"] = length,
                ["threads"] = threads,
                ["reps"] = Rounds,
                ["one_sequence_best_us_a_row"] = OfRow(one.Best),
                ["one_sequence_median_us_a_row"] = OfRow(one.Median),
                // On a busy machine the clock tells more of the others than of this.
                ["one_sequence_processor_us_a_row"] = OfRow(one.BestProcessor),
                ["sequences_of_512_best_us_a_row"] = OfRow(many.Best),
                ["sequences_of_512_median_us_a_row"] = OfRow(many.Median),
                ["sequences_of_512_processor_us_a_row"] = OfRow(many.BestProcessor),
            };
            if (rowByRow is not null)
            {
                line["one_sequence_row_by_row_processor_us_a_row"] = OfRow(slow[(length, true)].BestProcessor);
                line["sequences_of_512_row_by_row_processor_us_a_row"] = OfRow(slow[(length, false)].BestProcessor);
            }
            report.Add(line);

            double OfRow(double milliseconds) => Math.Round(1000 * milliseconds / length, 3);
        }

        void Add(Dictionary<(int, bool), Times> to, Action<RaggedMatrix, RaggedMatrix> what, int round, (int, bool) key, RaggedMatrix x)
        {
            if (round == 0) what(x, y);
            else (to.TryGetValue(key, out Times? t) ? t : to[key] = new Times()).Add(() => what(x, y));
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
