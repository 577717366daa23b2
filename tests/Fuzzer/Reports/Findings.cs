using System.Text.RegularExpressions;
using KernelForge.Fuzzer.Running;

namespace KernelForge.Fuzzer.Reports;

/// <summary>A fault, as small as it became, and the seeds of other descriptions that fail in the same way.</summary>
/// <param name="Seeds">All descriptions that show it.</param>
internal sealed record Finding(Case Case, Failure Failure, List<int> Seeds);

/// <summary>What was found: the same fault is made small twice, and counted from then on.</summary>
internal sealed partial class Findings
{
    private const int Shrunk = 2;

    private readonly List<(string Signature, Finding Finding)> all = [];

    public int Count => all.Count;

    public IEnumerable<Finding> All => all.Select(one => one.Finding);

    /// <summary>Whether a failure is one that is known well enough; it is counted where it is.</summary>
    public bool IsKnown(Failure failure, int seed)
    {
        (string, Finding Finding)[] same = [.. all.Where(one => one.Signature == SignatureOf(failure))];
        if (same.Length < Shrunk) return false;
        same[0].Finding.Seeds.Add(seed);
        return true;
    }

    /// <param name="drawn">How it failed before it was made small.</param>
    public void Add(Case one, Failure failure, Failure drawn) => all.Add((SignatureOf(drawn), new Finding(one, failure, [one.Seed])));

    /// <summary>What failures of the same kind have in common: not their numbers, nor the names that were drawn.</summary>
    private static string SignatureOf(Failure failure)
    {
        string where = failure.Where.StartsWith("cpu-", StringComparison.Ordinal) ? "cpu" + failure.Where[7..] : failure.Where;
        bool isSaid = failure.Kind is FailureKind.Threw or FailureKind.GeneratorFailed or FailureKind.DoesNotCompile;
        return $"{failure.Kind} {where} {(isSaid ? Drawn().Replace(failure.Message.Split('\n')[0], "#") : "")}";
    }

    [GeneratedRegex(@"'[^']*'|\S*Drawn\S*|\d+")]
    private static partial Regex Drawn();
}
