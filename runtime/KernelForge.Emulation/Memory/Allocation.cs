namespace KernelForge.Emulation.Memory;

/// <summary>A piece of global memory.</summary>
internal sealed class Allocation(ulong address, long length, string name, bool isReadOnly) : IDisposable
{
    public ulong Address { get; } = address;

    public long Length { get; } = length;

    public string Name { get; } = name;

    /// <summary>Constant memory and parameters.</summary>
    public bool IsReadOnly { get; } = isReadOnly;

    /// <summary>Its addresses are never given out again, so that a late access is seen.</summary>
    public bool IsFreed { get; private set; }

    public ShadowedMemory Memory { get; } = new(length);

    public bool Contains(ulong address, int bytes) => address >= Address && address - Address + (ulong)bytes <= (ulong)Length;

    public void Dispose()
    {
        IsFreed = true;
        Memory.Dispose();
    }
}
