using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime;

namespace KernelForge.Benchmarks.Masks;

/// <summary>
/// What masks save: one sequence of growing length under attention to all tokens, to a window, to chunks. Work that is left out shows in how the time
/// grows as the length doubles: fourfold for all pairs, twofold for a window.
/// </summary>
internal static class MaskBenchmark
{
    private const int Rounds = 5, Window = 256;

    private static readonly int[] Lengths = [512, 1024, 2048, 4096];

    public static void Run(Report report, int threads, int vectorBits)
    {
        Device device = Device.Cpu(threads, vectorBits);
        const int hidden = BertBase.Hidden, heads = BertBase.Heads;
        var (full, sliding, chunked) = (
            new FullAttention(hidden, heads), new SlidingWindowAttention(hidden, heads, Window), new ChunkedAttention(hidden, heads, Window));
        using WeightSource none = NoWeights();
        full.LoadWeights(none, device);
        sliding.LoadWeights(none, device);
        chunked.LoadWeights(none, device);
        (string Name, Action<RaggedMatrix, RaggedMatrix> Run)[] layers =
        [
            ("full", (x, y) => full.Run(x, y)), ("sliding_window", (x, y) => sliding.Run(x, y)), ("chunked", (x, y) => chunked.Run(x, y)),
        ];

        var times = new Dictionary<(string, int), Times>();
        // Every layer and length has its turn in each round, so that a busy minute meets them all.
        for (int round = 0; round <= Rounds; round++)
        {
            foreach (int length in Lengths)
            {
                var x = new RaggedMatrix([length], 3 * hidden);
                PseudoNormal.Fill(x.Values, seed: 7, deviation: 1);
                var y = new RaggedMatrix();
                foreach ((string name, Action<RaggedMatrix, RaggedMatrix> run) in layers)
                {
                    if (round == 0) run(x, y);
                    else (times.TryGetValue((name, length), out Times? t) ? t : times[(name, length)] = new Times()).Add(() => run(x, y));
                }
            }
        }
        foreach ((string name, _) in layers)
        {
            foreach (int length in Lengths)
            {
                double best = times[(name, length)].Best;
                var line = new JsonObject
                {
                    ["attention"] = name,
                    ["window"] = name == "full" ? null : Window,
                    ["length"] = length,
                    ["threads"] = threads,
                    ["reps"] = Rounds,
                    ["best_ms"] = Math.Round(best, 3),
                    ["median_ms"] = Math.Round(times[(name, length)].Median, 3),
                    ["of_full"] = Math.Round(best / times[("full", length)].Best, 3),
                };
                if (times.TryGetValue((name, length / 2), out Times? half)) line["growth"] = Math.Round(best / half.Best, 2);
                report.Add(line);
            }
        }
        full.Dispose();
        sliding.Dispose();
        chunked.Dispose();
    }

    /// <summary>The header of a file without a tensor: eight bytes of its length, and an empty object.</summary>
    private static WeightSource NoWeights() => WeightSource.FromMemory((byte[])[2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'], "no weights");
}
