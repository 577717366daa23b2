using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Cpu.Profiling;

namespace KernelForge.Benchmarks.Kernels;

/// <summary>The hand-written kernels alone, at the shapes of BERT-base: what a whole model can hope for.</summary>
internal static class KernelBenchmark
{
    private const int Rounds = 5;

    private static readonly (string Name, int Inputs, int Outputs)[] Products =
    [
        ("qkv", BertBase.Hidden, 3 * BertBase.Hidden),
        ("project", BertBase.Hidden, BertBase.Hidden),
        ("expand", BertBase.Hidden, BertBase.Intermediate),
        ("contract", BertBase.Intermediate, BertBase.Hidden),
    ];

    public static void Run(Report report, IReadOnlyList<Workload> workloads, int threads, int vectorBits)
    {
        switch (VectorWidth.Resolve(vectorBits))
        {
            case 512: Run<Float512>(report, workloads, threads); break;
            case 256: Run<Float256>(report, workloads, threads); break;
            default: Run<Float128>(report, workloads, threads); break;
        }
    }

    private static void Run<TVector>(Report report, IReadOnlyList<Workload> workloads, int threads)
        where TVector : unmanaged, IVector<TVector>
    {
        var pool = WorkerPool.Shared(threads);
        foreach (Workload workload in workloads)
        {
            double layer = 0;
            foreach ((string name, int inputs, int outputs) in Products)
            {
                using var product = new ProductCase<TVector>(pool, workload.Tokens, inputs, outputs);
                layer += Measure(report, workload, "gemm", name, threads, TVector.Count * 32, product.Flops, product.Run);
            }
            using var attention = new AttentionCase<TVector>(pool, workload);
            layer += Measure(report, workload, "attention", "attention", threads, TVector.Count * 32, attention.Flops, attention.Run);
            report.Add(new JsonObject
            {
                ["kernels_of_a_layer_ms"] = Math.Round(layer, 3),
                ["workload"] = workload.Name,
                ["threads"] = threads,
                ["useful_gflops"] = Math.Round(workload.UsefulFlops(1) / layer / 1e6, 1),
            });
        }
    }

    private static double Measure(
        Report report, Workload workload, string kind, string name, int threads, int bits, double flops, Action run)
    {
        var times = new Times();
        var peaks = new List<double>();
        run();
        for (int round = 0; round < Rounds; round++)
        {
            peaks.Add(MultiplyAddPeak.Measure(threads));
            int repetitions = (int)Math.Clamp(1e10 / flops, 1, 100);
            for (int i = 0; i < repetitions; i++) times.Add(run);
        }
        double best = flops / times.Best / 1e6;
        report.Add(new JsonObject
        {
            ["kernel"] = kind,
            ["name"] = name,
            ["workload"] = workload.Name,
            ["tokens"] = workload.Tokens,
            ["threads"] = threads,
            ["vector_bits"] = bits,
            ["reps"] = times.Count,
            ["best_ms"] = Math.Round(times.Best, 3),
            ["median_ms"] = Math.Round(times.Median, 3),
            ["best_processor_ms"] = Math.Round(times.BestProcessor, 3),
            ["gflops"] = Math.Round(best, 1),
            ["of_peak"] = Math.Round(best / peaks.Max(), 3),
        });
        return times.Best;
    }
}
