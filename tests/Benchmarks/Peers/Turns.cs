using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;

namespace KernelForge.Benchmarks.Peers;

/// <summary>One turn after another. A peer that fails is told in the results and has no further turn; KernelForge may not fail.</summary>
/// <param name="report">Where a failure is told.</param>
/// <param name="own">Those that may not fail.</param>
internal sealed class Turns(Report report, IReadOnlyList<Contender> own)
{
    /// <param name="what">For the person who waits.</param>
    /// <param name="results">Those that have a turn, and where their lines go.</param>
    /// <param name="run">One contender's turn.</param>
    public void Take(string what, Dictionary<Contender, Rounds> results, Func<Contender, JsonObject> run)
    {
        foreach ((Contender contender, Rounds lines) in results.ToList())
        {
            Console.Error.WriteLine($"{what}, {contender.Name}");
            try
            {
                lines.Add(run(contender));
            }
            catch (InvalidOperationException e) when (!own.Contains(contender))
            {
                report.Add(new() { ["missing"] = e.Message });
                results.Remove(contender);
            }
        }
    }
}
