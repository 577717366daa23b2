using System.Runtime.InteropServices;

namespace KernelForge.Emulation.Driver;

/// <summary>A piece of pinned memory.</summary>
internal sealed unsafe class HostAllocation(int number, nint address, nuint bytes)
{
    public nint Address { get; } = address;

    public nuint Bytes { get; } = bytes;

    public string Name { get; } = $"pinned buffer {number} of {bytes} bytes";

    public bool IsFreed { get; set; }

    /// <summary>Copies of the device that wrote here: after one, the host is not who changed the bytes.</summary>
    public int DeviceWrites { get; set; }

    public bool Holds(nint address, nuint bytes) =>
        address >= Address && (nuint)(address - Address) <= Bytes && bytes <= Bytes - (nuint)(address - Address);

    public bool Overlaps(nint address, nuint bytes) => address < Address + (nint)Bytes && Address < address + (nint)bytes;

    /// <summary>Bytes that it holds.</summary>
    public static ReadOnlySpan<byte> Read(nint address, nuint bytes) => new((void*)address, checked((int)bytes));
}

/// <summary>
/// Pinned memory of the host. What is freed stays readable to the end of the context, filled with a pattern, so that a copy that runs too
/// late is a finding and no crash.
/// </summary>
internal sealed unsafe class HostMemory
{
    private const byte FreedPattern = 0xDD;

    private readonly List<HostAllocation> allocations = [];
    private int given;

    /// <summary>Null where the host has no memory left.</summary>
    public HostAllocation? Allocate(nuint bytes)
    {
        void* memory;
        try
        {
            memory = NativeMemory.AlignedAlloc(bytes, 4096);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
        NativeMemory.Fill(memory, bytes, 0xCD);
        var allocation = new HostAllocation(++given, (nint)memory, bytes);
        allocations.Add(allocation);
        return allocation;
    }

    /// <summary>The allocation that has any of these bytes; one that is alive rather than one that was freed.</summary>
    public HostAllocation? At(nint address, nuint bytes)
    {
        HostAllocation? freed = null;
        foreach (HostAllocation allocation in allocations)
        {
            if (!allocation.Overlaps(address, bytes)) continue;
            if (!allocation.IsFreed) return allocation;
            freed = allocation;
        }
        return freed;
    }

    /// <summary>False where nothing alive begins there.</summary>
    public bool Free(nint address)
    {
        HostAllocation? allocation = allocations.Find(a => a.Address == address && !a.IsFreed);
        if (allocation is null) return false;
        allocation.IsFreed = true;
        NativeMemory.Fill((void*)address, allocation.Bytes, FreedPattern);
        return true;
    }

    public void Clear()
    {
        foreach (HostAllocation allocation in allocations) NativeMemory.AlignedFree((void*)allocation.Address);
        allocations.Clear();
    }
}
