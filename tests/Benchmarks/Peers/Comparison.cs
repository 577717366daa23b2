using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime.Cpu.Profiling;

namespace KernelForge.Benchmarks.Peers;

/// <summary>
/// Runs all contenders in turn, round after round, so that whatever disturbs the machine disturbs all of them; then reports and divides.
/// </summary>
/// <param name="report">Where it says what it found.</param>
/// <param name="own">The contender that others are divided by.</param>
/// <param name="peers">The others.</param>
/// <param name="agreement">How far mean magnitudes of results may lie apart: the same computation in another order, or in other numbers.</param>
/// <param name="threads">Threads of each.</param>
internal sealed class Comparison(Report report, Contender own, IReadOnlyList<Contender> peers, double agreement, int threads)
{
    private readonly List<double> peaks = [];

    /// <exception cref="InvalidOperationException">A contender failed, or computed something else.</exception>
    public void Run(IReadOnlyList<Workload> workloads, int rounds)
    {
        var results = workloads.ToDictionary(w => w, w => Contenders(w).Select(c => (Contender: c, Rounds: new Rounds(w))).ToList());
        for (int round = 0; round < rounds; round++)
        {
            foreach (Workload workload in workloads)
            {
                foreach ((Contender contender, Rounds lines) in results[workload])
                {
                    peaks.Add(MultiplyAddPeak.Measure(threads));
                    Console.Error.WriteLine($"round {round + 1} of {rounds}: {workload.Name}, {contender.Name}");
                    lines.Add(contender.Run(workload, threads));
                }
            }
        }
        double peak = peaks.Max();
        report.Add(new JsonObject
        {
            ["peak"] = "fp32 multiply-add in registers",
            ["threads"] = threads,
            ["best_gflops"] = Math.Round(peak, 1),
            ["median_gflops"] = Math.Round(Times.MedianOf(peaks), 1),
        });
        foreach (Workload workload in workloads) Add([.. results[workload].Select(r => r.Rounds)], peak);
        foreach (Workload workload in workloads)
        {
            Rounds mine = results[workload][0].Rounds;
            foreach ((_, Rounds other) in results[workload].Skip(1)) Divide(workload, mine, other);
        }
    }

    private IEnumerable<Contender> Contenders(Workload workload) =>
        peers.Where(p => workload.Lengths.Length > 1 || !p.SplitsBatches).Prepend(own);

    private void Add(List<Rounds> contenders, double peak)
    {
        foreach (Rounds rounds in contenders)
        {
            JsonObject summary = rounds.Summary();
            summary["of_peak"] = Math.Round(rounds.UsefulGflops / peak, 3);
            report.Add(summary);
        }
    }

    private void Divide(Workload workload, Rounds mine, Rounds other)
    {
        double[] ratios = [.. mine.Medians.Zip(other.Medians, (own, theirs) => theirs / own)];
        double difference = Math.Abs(mine.MeanMagnitude - other.MeanMagnitude) / other.MeanMagnitude;
        report.Add(new JsonObject
        {
            ["ratio"] = $"{other.Name} / {mine.Name}",
            ["workload"] = workload.Name,
            ["best"] = Math.Round(other.Best / mine.Best, 3),
            ["median"] = Math.Round(Times.MedianOf(ratios), 3),
            ["lowest"] = Math.Round(ratios.Min(), 3),
            ["highest"] = Math.Round(ratios.Max(), 3),
            ["mean_abs_difference"] = Math.Round(difference, 8),
        });
        if (difference > agreement)
        {
            throw new InvalidOperationException(
                $"{other.Name} and {mine.Name} did not compute the same on {workload.Name}: "
                + $"their mean magnitudes are {other.MeanMagnitude} and {mine.MeanMagnitude}.");
        }
    }
}
