using System.Diagnostics;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Decode;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Hardware;

/// <summary>
/// Steps of a language model's layers: one new token for each of 16 sequences of some thousand, through 8 layers of Llama of 2,048 columns. A step reads all
/// weights, and all keys and values of every sequence.
/// </summary>
internal static class DecodeSpeed
{
    private const int Hidden = 2048, Depth = 8, Heads = 32, KeyValueHeads = 8, Intermediate = 5632, Sequences = 16, Chunk = 500, Steps = 60;

    public static void Measure(Report report, Device device, CudaPrecision precision)
    {
        using var model = new LlamaDecoder(Hidden, Depth, Heads, KeyValueHeads, Intermediate, Activation.Parse("silu"));
        (WeightSource weights, long floatBytes) = DrawnWeights.For(model);
        using (weights) model.LoadWeights(weights, device);
        long element = precision is CudaPrecision.Float16 or CudaPrecision.BFloat16 ? 2 : 4;
        long weightBytes = floatBytes / sizeof(float) * element, rowBytes = 2L * KeyValueHeads * (Hidden / Heads) * element * Depth;
        foreach (int kept in (int[])[1000, 4000])
        {
            using SequenceCache cache = model.NewCache(2 * rowBytes * Sequences * (kept + 200));
            int[] sequences = [.. Enumerable.Range(0, Sequences).Select(_ => cache.Add())];
            RaggedMatrix prompt = Drawn(Chunk), token = Drawn(1), result = new();
            var clock = Stopwatch.StartNew();
            for (int fed = 0; fed < kept; fed += Chunk) model.Step(prompt, cache, sequences, result);
            double prefill = clock.Elapsed.TotalSeconds;
            var times = new double[Steps];
            for (int step = 0; step < Steps; step++)
            {
                long start = Stopwatch.GetTimestamp();
                model.Step(token, cache, sequences, result);
                times[step] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
            double[] warm = [.. times.Skip(Steps / 3).Order()];
            double median = warm[warm.Length / 2], bytes = weightBytes + ((double)rowBytes * Sequences * (kept + (Steps / 2)));
            report.Node($"decode {kept} {precision}", new JsonObject
            {
                ["what"] = $"{Depth} layers of {Hidden}, {Heads} heads over {KeyValueHeads}, {Sequences} sequences of {kept} tokens, one more each",
                ["first_ms"] = Math.Round(times[0], 3),
                ["median_ms"] = Math.Round(median, 4),
                ["least_ms"] = Math.Round(warm[0], 4),
                ["tokens_per_second"] = Math.Round(Sequences / median * 1e3),
                ["megabytes_of_weights"] = Math.Round(weightBytes / 1e6),
                ["megabytes_kept"] = Math.Round((double)rowBytes * Sequences * kept / 1e6),
                ["gigabytes_per_second"] = Math.Round(bytes / median / 1e6),
                ["prefill_s"] = Math.Round(prefill, 3),
            });
        }
    }

    private static RaggedMatrix Drawn(int rows)
    {
        var matrix = new RaggedMatrix([.. Enumerable.Repeat(rows, Sequences)], Hidden);
        PseudoNormal.Fill(matrix.Values, seed: 7, deviation: 1);
        return matrix;
    }
}
