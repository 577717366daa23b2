using KernelForge.Runtime.Cpu.Profiling;

namespace KernelForge.Cli.Measuring;

/// <summary>A kernel of a batch.</summary>
/// <param name="Kind">What does the work.</param>
/// <param name="Names">The values that it computes.</param>
/// <param name="Calls">How often it runs in a batch.</param>
/// <param name="Best">Milliseconds of all its calls in the batch that had them fastest.</param>
/// <param name="Median">Milliseconds of all its calls in the median of the batches.</param>
/// <param name="Cost">Work of all its calls in a batch.</param>
internal sealed record BatchKernel(string Kind, string Names, int Calls, double Best, double Median, KernelCost Cost);

/// <summary>What a profile says of each of some batches of the same lengths.</summary>
/// <param name="before">What it said before the first of them.</param>
internal sealed class KernelTimes(IReadOnlyList<KernelTime> before)
{
    private readonly List<IReadOnlyList<KernelTime>> totals = [before];

    /// <summary>Kernels that ran in the batches, in the order of a batch.</summary>
    public IEnumerable<BatchKernel> Kernels
    {
        get
        {
            for (int i = 0; i < before.Count; i++)
            {
                KernelTime first = before[i], last = totals[^1][i];
                int batches = totals.Count - 1, calls = (last.Calls - first.Calls) / batches;
                if (calls == 0) continue;
                double[] times = [.. totals.Skip(1).Select((t, batch) => (t[i].Time - totals[batch][i].Time).TotalMilliseconds)];
                var cost = new KernelCost((last.Cost.Flops - first.Cost.Flops) / batches, (last.Cost.Bytes - first.Cost.Bytes) / batches);
                yield return new BatchKernel(first.Kind, first.Names, calls, times.Min(), Median(times), cost);
            }
        }
    }

    public static double Median(double[] times)
    {
        double[] ordered = [.. times.Order()];
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }

    /// <summary>What the profile says after another batch.</summary>
    public void Add(IReadOnlyList<KernelTime> total) => totals.Add(total);
}
