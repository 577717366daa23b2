using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Model;
using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Cpu.Profiling;

namespace KernelForge.Benchmarks.Peers;

/// <summary>What the machine reached in each kind of numbers during a run, measured before every turn of a contender.</summary>
/// <param name="threads">Threads of all contenders.</param>
internal sealed class Peaks(int threads)
{
    private readonly Dictionary<ComparedPrecision, List<double>> measured =
        ComparedPrecision.All.ToDictionary(p => p, _ => new List<double>());
    private readonly List<double> memory = [];

    public void Measure()
    {
        foreach (ComparedPrecision numbers in ComparedPrecision.All)
        {
            measured[numbers].Add(numbers == ComparedPrecision.Float32
                ? MultiplyAddPeak.Measure(threads)
                : DotPeak.Measure(new CpuDevice(threads, 0, numbers.Value)));
        }
    }

    public void MeasureMemory()
    {
        using var bandwidth = new MemoryBandwidth(threads);
        memory.Add(bandwidth.Measure());
    }

    /// <summary>GFLOP/s, or multiplications and additions of bytes a nanosecond.</summary>
    public double Best(ComparedPrecision numbers) => measured[numbers].Max();

    public void AddTo(Report report)
    {
        foreach ((ComparedPrecision numbers, List<double> rates) in measured)
        {
            string instructions = new CpuDevice(threads, 0, numbers.Value).Instructions.Split(" (")[0];
            report.Add(new JsonObject
            {
                ["peak"] = numbers == ComparedPrecision.Float32
                    ? "fp32 multiply-add in registers"
                    : $"{numbers.Name} tiles on cached data ({instructions}), one thread's times {threads}",
                ["numbers"] = numbers.Name,
                ["threads"] = threads,
                ["best_gflops"] = Math.Round(rates.Max(), 1),
                ["median_gflops"] = Math.Round(Times.MedianOf(rates), 1),
            });
        }
        report.Add(new JsonObject
        {
            ["peak"] = "memory read",
            ["threads"] = threads,
            ["best_gb_s"] = Math.Round(memory.Max(), 1),
            ["median_gb_s"] = Math.Round(Times.MedianOf(memory), 1),
        });
    }
}
