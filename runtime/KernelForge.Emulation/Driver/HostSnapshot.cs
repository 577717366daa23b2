namespace KernelForge.Emulation.Driver;

/// <summary>What pinned memory held when a copy from it was given to a stream: it must hold the same when the copy runs.</summary>
internal sealed class HostSnapshot(HostAllocation allocation, nint address, nuint bytes)
{
    private readonly byte[] values = allocation.IsFreed ? [] : HostAllocation.Read(address, bytes).ToArray();
    private readonly int deviceWrites = allocation.DeviceWrites;

    /// <summary>The first byte that the host changed, from the allocation's start; null where it changed none.</summary>
    public long? FirstChange()
    {
        if (allocation.IsFreed || deviceWrites != allocation.DeviceWrites) return null;
        int same = HostAllocation.Read(address, bytes).CommonPrefixLength(values);
        return same == values.Length ? null : address - allocation.Address + same;
    }

    public string Name => allocation.Name;
}
