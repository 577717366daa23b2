namespace KernelForge.Emulation.Findings;

/// <summary>Collects findings; those of the same kind on the same lines are one.</summary>
internal sealed class FindingLog
{
    private readonly Dictionary<(string, FindingKind, int, int, string?), Finding> known = [];

    public List<Finding> Findings { get; } = [];

    public void Report(Finding finding)
    {
        // A race is the same whichever of its two lines came first.
        (int low, int high) = (Math.Min(finding.Line, finding.OtherLine), Math.Max(finding.Line, finding.OtherLine));
        var key = (finding.Kernel, finding.Kind, low, high, finding.Pair);
        if (known.TryGetValue(key, out Finding? first)) first.Count++;
        else
        {
            known.Add(key, finding);
            Findings.Add(finding);
        }
    }

    public void Clear()
    {
        known.Clear();
        Findings.Clear();
    }
}
