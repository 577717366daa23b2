using KernelForge.Emulation.Findings;

namespace KernelForge.Emulation.Driver;

/// <summary>What does the work: the emulated GPU with what it found and counted. After a finding it does nothing more.</summary>
internal sealed class Machine(EmulatedDevice device, Random random)
{
    private readonly Dictionary<string, LaunchStatistics> statistics = [];

    public EmulatedDevice Device { get; } = device;

    public Random Random { get; } = random;

    /// <summary>Everything since they were cleared.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>Where in <see cref="Findings"/> those begin that made it fail.</summary>
    public int FirstOfFailure { get; private set; }

    /// <summary>Something was found: what follows would only suffer from it.</summary>
    public bool Failed { get; private set; }

    public IReadOnlyDictionary<string, LaunchStatistics> Statistics => statistics;

    public void ResetStatistics() => statistics.Clear();

    public void Do(Work work, HostSnapshot[] snapshots)
    {
        if (Failed) return;
        foreach (HostSnapshot snapshot in snapshots)
        {
            if (snapshot.FirstChange() is { } offset)
                Report(FindingKind.HostChange, "cuMemcpyHtoDAsync",
                    $"{snapshot.Name} was changed from byte {offset} on after a copy from it was given to the stream and before that copy ran");
        }
        if (!Failed) work.Run(this);
    }

    public void Run(EmulatedFunction function, Index3 grid, Index3 block, int sharedBytes, ReadOnlySpan<byte> parameters)
    {
        LaunchStatistics run = Device.Run(function, grid, block, sharedBytes, parameters);
        if (!statistics.TryGetValue(function.Name, out LaunchStatistics? sum)) statistics[function.Name] = sum = new LaunchStatistics();
        sum.Add(run);
        if (Device.Findings.Count == 0) return;
        Fail();
        Findings.AddRange(Device.Findings);
        Device.ClearFindings();
    }

    public void Report(FindingKind kind, string call, string message)
    {
        Fail();
        Findings.Add(new Finding { Kind = kind, Kernel = call, Line = 0, Instruction = "", Message = message });
    }

    /// <summary>Works again; what was found is kept.</summary>
    public void Recover() => Failed = false;

    private void Fail()
    {
        if (!Failed) FirstOfFailure = Findings.Count;
        Failed = true;
    }
}
