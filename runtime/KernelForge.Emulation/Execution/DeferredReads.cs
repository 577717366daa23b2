using KernelForge.Emulation.Findings;
using KernelForge.Emulation.Memory;

namespace KernelForge.Emulation.Execution;

/// <summary>
/// Reads of bytes that nobody had written yet. Where a write follows that nothing orders with the read, the fault is that race and the read
/// is not reported; what remains when the memory is given up is.
/// </summary>
internal sealed class DeferredReads(FindingLog log)
{
    private const int Limit = 4096;

    private readonly List<(ShadowedMemory Memory, long Offset, int Bytes, Finding Finding)> reads = [];

    public void Add(ShadowedMemory memory, long offset, int bytes, Finding finding)
    {
        if (reads.Count >= Limit) Report();
        reads.Add((memory, offset, bytes, finding));
    }

    public void DropOverlapping(ShadowedMemory memory, long offset, int bytes)
    {
        if (reads.Count == 0) return;
        reads.RemoveAll(r => ReferenceEquals(r.Memory, memory) && r.Offset < offset + bytes && offset < r.Offset + r.Bytes);
    }

    public void Report()
    {
        foreach (var read in reads) log.Report(read.Finding);
        reads.Clear();
    }
}
