using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Workloads;

namespace KernelForge.Benchmarks.Peers;

/// <summary>
/// Runs all contenders in turn, round after round, so that whatever disturbs the machine disturbs all of them; then reports and divides.
/// </summary>
/// <param name="report">Where it says what it found.</param>
/// <param name="own">KernelForge's own: others are divided by each of them.</param>
/// <param name="peers">The others.</param>
/// <param name="threads">Threads of each.</param>
internal sealed class Comparison(Report report, IReadOnlyList<Contender> own, IReadOnlyList<Contender> peers, int threads)
{
    private readonly Turns turns = new(report, own);
    private readonly Peaks peaks = new(threads);

    /// <exception cref="InvalidOperationException">KernelForge failed, or two contenders computed something else.</exception>
    public void Run(IReadOnlyList<Workload> workloads, int rounds)
    {
        var results = workloads.ToDictionary(w => w, w => Contenders(w).ToDictionary(c => c, _ => new Rounds()));
        for (int round = 1; round <= rounds; round++)
        {
            peaks.MeasureMemory();
            foreach (Workload workload in workloads)
            {
                turns.Take(
                    $"round {round} of {rounds}: {workload.Name}", results[workload],
                    contender =>
                    {
                        peaks.Measure();
                        return contender.Run(workload, threads);
                    });
            }
        }
        peaks.AddTo(report);
        foreach (Workload workload in workloads)
            foreach ((Contender contender, Rounds lines) in results[workload]) report.Add(Summary(workload, contender, lines));
        foreach (Workload workload in workloads) new Ratios(report, own, "workload", workload.Name).Add(results[workload]);
    }

    private IEnumerable<Contender> Contenders(Workload workload) =>
        own.Concat(peers.Where(p => workload.Lengths.Length > 1 || !p.SplitsBatches));

    private JsonObject Summary(Workload workload, Contender contender, Rounds rounds)
    {
        double gflops = workload.UsefulFlops(workload.Layers) / rounds.Best / 1e6;
        JsonObject summary = rounds.Summary();
        summary["valid_tok_s"] = Math.Round(workload.Tokens / rounds.Best * 1e3);
        summary["useful_gflops"] = Math.Round(gflops, 1);
        foreach (string field in (string[])["cold_start_ms", "load_ms"]) summary[field] = rounds.Least(field);
        summary["numbers"] = contender.Numbers.Name;
        summary["of_peak"] = Math.Round(gflops / peaks.Best(contender.Numbers), 3);
        return summary;
    }
}
