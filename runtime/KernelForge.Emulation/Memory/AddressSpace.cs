namespace KernelForge.Emulation.Memory;

/// <summary>The addresses a thread may use: global memory as allocations with gaps between, and windows for shared and local memory.</summary>
internal sealed class AddressSpace : IDisposable
{
    /// <summary>A shared address of a block begins here, so that a null pointer is outside.</summary>
    public const uint SharedBase = 1024;

    /// <summary>A local address of a thread begins here.</summary>
    public const uint LocalBase = 1024;

    /// <summary>Generic address = window + shared address.</summary>
    public const ulong SharedWindow = 0x7e00_0000_0000;

    /// <summary>Generic address = window + local address.</summary>
    public const ulong LocalWindow = 0x7f00_0000_0000;

    /// <summary>Where the parameters of the launch under way lie.</summary>
    public const ulong ParameterBase = 0x6f00_0000_0000;

    private const ulong WindowLength = 1ul << 32;
    private const ulong Gap = 4096;
    private const ulong Alignment = 512;

    private readonly List<Allocation> allocations = [];
    private ulong next = 0x7000_0000_0000;

    public IReadOnlyList<Allocation> Allocations => allocations;

    public static bool IsShared(ulong generic) => generic - SharedWindow < WindowLength;

    public static bool IsLocal(ulong generic) => generic - LocalWindow < WindowLength;

    public Allocation Allocate(long length, string name, bool isReadOnly = false)
    {
        var allocation = new Allocation(next, length, name, isReadOnly);
        next = (next + (ulong)length + Gap + Alignment - 1) / Alignment * Alignment;
        allocations.Add(allocation);
        return allocation;
    }

    /// <summary>The parameters of a launch: one at a time, before all other allocations.</summary>
    public Allocation AllocateParameters(int length)
    {
        var allocation = new Allocation(ParameterBase, length, "parameters", isReadOnly: true);
        allocations.Insert(0, allocation);
        return allocation;
    }

    /// <summary>Takes an allocation out for good; <see cref="Allocation.Dispose"/> alone leaves a trace for late accesses.</summary>
    public void Remove(Allocation allocation)
    {
        allocations.Remove(allocation);
        allocation.Dispose();
    }

    /// <summary>The last allocation that begins at or below an address; null where none does.</summary>
    public Allocation? AtOrBelow(ulong address)
    {
        int low = 0, high = allocations.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (allocations[middle].Address <= address) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? null : allocations[low - 1];
    }

    /// <summary>The allocation whose bytes lie nearest, and the distance from its start.</summary>
    public (Allocation? Allocation, long Offset) Nearest(ulong address)
    {
        Allocation? below = AtOrBelow(address);
        int after = below is null ? 0 : allocations.IndexOf(below) + 1;
        Allocation? above = after < allocations.Count ? allocations[after] : null;
        long pastEnd = below is null ? long.MaxValue : (long)(address - below.Address) - below.Length;
        long beforeStart = above is null ? long.MaxValue : (long)(above.Address - address);
        if (below is null && above is null) return (null, (long)address);
        return pastEnd < beforeStart ? (below, (long)(address - below!.Address)) : (above, -beforeStart);
    }

    /// <summary>Frees everything. Addresses are not given out again.</summary>
    public void Clear()
    {
        foreach (Allocation allocation in allocations) allocation.Dispose();
        allocations.Clear();
    }

    public void Dispose() => Clear();
}
