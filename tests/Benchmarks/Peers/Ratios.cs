using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;

namespace KernelForge.Benchmarks.Peers;

/// <summary>Every contender's time over each of KernelForge's, and whether they computed the same.</summary>
/// <param name="report">Where they go.</param>
/// <param name="own">KernelForge's own.</param>
/// <param name="kind">The field that says on what: a workload, or texts.</param>
/// <param name="name">Its name.</param>
internal sealed class Ratios(Report report, IReadOnlyList<Contender> own, string kind, string name)
{
    /// <exception cref="InvalidOperationException">Two contenders did not compute the same.</exception>
    public void Add(IReadOnlyDictionary<Contender, Rounds> results)
    {
        for (int i = 0; i < own.Count; i++)
            foreach ((Contender contender, Rounds other) in results)
                if (!own.Skip(i).Contains(contender)) Divide(own[i], results[own[i]], contender, other);
    }

    private void Divide(Contender own, Rounds mine, Contender contender, Rounds other)
    {
        double[] ratios = [.. mine.Medians.Zip(other.Medians, (own, theirs) => theirs / own)];
        double difference = Math.Abs(mine.MeanMagnitude - other.MeanMagnitude) / other.MeanMagnitude;
        report.Add(new JsonObject
        {
            ["ratio"] = $"{other.Name} / {mine.Name}",
            [kind] = name,
            ["best"] = Math.Round(other.Best / mine.Best, 3),
            ["median"] = Math.Round(Times.MedianOf(ratios), 3),
            ["lowest"] = Math.Round(ratios.Min(), 3),
            ["highest"] = Math.Round(ratios.Max(), 3),
            ["mean_abs_difference"] = Math.Round(difference, 8),
        });
        if (difference > Math.Max(own.Numbers.Agreement, contender.Numbers.Agreement))
        {
            throw new InvalidOperationException(
                $"{other.Name} and {mine.Name} did not compute the same on {name}: "
                + $"their mean magnitudes are {other.MeanMagnitude} and {mine.MeanMagnitude}.");
        }
    }
}
