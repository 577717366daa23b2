using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime;
using KernelForge.Runtime.Cpu.Profiling;

namespace KernelForge.Benchmarks.Decode;

/// <summary>
/// A whole step of a language model's layers: 4 sequences of 2,000 tokens, one new token each, through 8 layers of Llama of 1,024 columns. It reads all
/// weights, and all keys and values of every sequence: bytes a second, beside what the memory gives in the same moments.
/// </summary>
internal static class ModelDecoding
{
    private const int Hidden = 1024, Depth = 8, Heads = 16, Intermediate = 2816, Sequences = 4, Kept = 2000, Rounds = 15, StepsARound = 3, Chunk = 250;

    public static void Run(Report report, int threads, int vectorBits)
    {
        foreach (int keyValueHeads in (int[])[16, 4]) Run(report, threads, vectorBits, keyValueHeads);
    }

    private static void Run(Report report, int threads, int vectorBits, int keyValueHeads)
    {
        using var model = new LlamaDecoder(Hidden, Depth, Heads, keyValueHeads, Intermediate, Activation.Parse("silu"));
        (WeightSource weights, long weightBytes) = DrawnWeights.For(model);
        using (weights) model.LoadWeights(weights, Device.Cpu(threads, vectorBits));
        long rowBytes = 2L * keyValueHeads * (Hidden / Heads) * sizeof(float) * Depth;
        using SequenceCache cache = model.NewCache(2 * rowBytes * Sequences * (Kept + 200));
        int[] sequences = [.. Enumerable.Range(0, Sequences).Select(_ => cache.Add())];
        RaggedMatrix prompt = Drawn(Chunk), token = Drawn(1), result = new();
        for (int fed = 0; fed < Kept; fed += Chunk) model.Step(prompt, cache, sequences, result);

        using var memory = new MemoryBandwidth(threads);
        var times = new Times();
        List<double> bandwidths = [], shares = [], speeds = [];
        for (int round = 0; round < Rounds; round++)
        {
            bandwidths.Add(memory.Measure());
            int before = times.Count;
            for (int step = 0; step < StepsARound; step++) times.Add(() => model.Step(token, cache, sequences, result));
            // All sequences have the same length: that of the last step's keys, the new one included.
            long bytes = weightBytes + (rowBytes * Sequences * cache.Length(sequences[0]));
            speeds.Add(bytes / times.BestSince(before) / 1e6);
            shares.Add(speeds[^1] / bandwidths[^1]);
        }
        report.Add(new JsonObject
        {
            ["decode"] = $"Llama, {Depth} layers of {Hidden}, {Heads} heads over {keyValueHeads}",
            ["kept"] = string.Join(", ", Enumerable.Repeat(Kept, Sequences)),
            ["threads"] = threads,
            ["vector_bits"] = vectorBits,
            ["reps"] = times.Count,
            ["weights_mb"] = Math.Round(weightBytes / 1e6, 1),
            ["kept_mb"] = Math.Round(rowBytes * Sequences * (double)Kept / 1e6, 1),
            ["best_ms"] = Math.Round(times.Best, 3),
            ["median_ms"] = Math.Round(times.Median, 3),
            ["tokens_per_s"] = Math.Round(Sequences / times.Best * 1e3, 1),
            ["gb_per_s"] = Math.Round(speeds.Max(), 2),
            ["memory_gb_per_s"] = Math.Round(bandwidths.Max(), 2),
            ["of_memory"] = Math.Round(speeds.Max() / bandwidths.Max(), 3),
            ["of_memory_median"] = Math.Round(Times.MedianOf(shares), 3),
        });
    }

    private static RaggedMatrix Drawn(int rows)
    {
        var matrix = new RaggedMatrix([.. Enumerable.Repeat(rows, Sequences)], Hidden);
        PseudoNormal.Fill(matrix.Values, seed: 7, deviation: 1);
        return matrix;
    }
}
