using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Cpu.Profiling;

namespace KernelForge.Benchmarks.Decode;

/// <summary>The attention of decoding: how fast kept keys and values are read, beside what the memory gives in the same moments.</summary>
internal static class DecodeBenchmark
{
    private const int Rounds = 15;

    /// <summary>Layers enough that all keys and values are far more than the caches hold: each attention finds its own in memory.</summary>
    private static readonly DecodeShape[] Shapes =
    [
        new("16 heads", [2000, 2000, 2000, 2000], 16, 16, 64, 3),
        new("16 heads over 4", [2000, 2000, 2000, 2000], 16, 4, 64, 12),
        new("lengths that differ", [5600, 1600, 500, 300], 16, 4, 64, 12),
        new("one sequence, 8 heads over 1", [8000], 8, 1, 64, 48),
    ];

    public static void Run(Report report, int threads, int vectorBits)
    {
        switch (VectorWidth.Resolve(vectorBits))
        {
            case 512: Run<Float512>(report, threads); break;
            case 256: Run<Float256>(report, threads); break;
            default: Run<Float128>(report, threads); break;
        }
    }

    private static void Run<TVector>(Report report, int threads) where TVector : unmanaged, IVector<TVector>
    {
        using var memory = new MemoryBandwidth(threads);
        foreach (DecodeShape shape in Shapes)
        {
            using var step = new DecodeCase<TVector>(threads, shape);
            List<double> bandwidths = [], shares = [];
            // In turn, so that a busy moment meets both.
            for (int round = 0; round < Rounds; round++)
            {
                bandwidths.Add(memory.Measure());
                int before = step.Times.Count;
                step.Step();
                shares.Add(step.Bytes / step.Times.BestSince(before) / 1e6 / bandwidths[^1]);
            }
            Times times = step.Times;
            double best = step.Bytes / times.Best / 1e6;
            report.Add(new JsonObject
            {
                ["decode"] = shape.Name,
                ["kept"] = string.Join(", ", shape.Lengths),
                ["layers"] = shape.Layers,
                ["threads"] = threads,
                ["vector_bits"] = TVector.Count * 32,
                ["reps"] = times.Count,
                ["mb"] = Math.Round(step.Bytes / 1e6, 1),
                ["best_ms"] = Math.Round(times.Best, 3),
                ["median_ms"] = Math.Round(times.Median, 3),
                ["gb_per_s"] = Math.Round(best, 2),
                ["memory_gb_per_s"] = Math.Round(bandwidths.Max(), 2),
                ["of_memory"] = Math.Round(best / bandwidths.Max(), 3),
                ["of_memory_median"] = Math.Round(Times.MedianOf(shares), 3),
            });
        }
    }
}
