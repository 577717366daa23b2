using System.Buffers;
using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Weights;

/// <summary>
/// The bytes of one file, mapped or in memory. Bytes are reached only through <see cref="Lease"/>, which checks the range and keeps
/// a mapping alive while it is read: nobody holds a pointer that a <see cref="Dispose"/> elsewhere could unmap.
/// </summary>
internal abstract class ByteSource : IDisposable
{
    public abstract long Length { get; }

    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the file.</exception>
    /// <exception cref="ObjectDisposedException">The source has been disposed.</exception>
    public ByteLease Lease(long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - count);
        return LeaseChecked(offset, count);
    }

    /// <summary>
    /// What tells the file from others and from what it was before: its path, length and time of change. Null for bytes in memory, which
    /// nothing tells.
    /// </summary>
    public virtual string? Identity => null;

    /// <summary>The same range at an address that stays, for whoever cannot hold a lease.</summary>
    /// <inheritdoc cref="Lease"/>
    public PinnedBytes Pin(long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - count);
        return PinChecked(offset, count);
    }

    protected abstract ByteLease LeaseChecked(long offset, int count);

    protected abstract PinnedBytes PinChecked(long offset, int count);

    public abstract void Dispose();
}

/// <summary>A range of bytes that stays readable until the lease is disposed.</summary>
internal readonly ref struct ByteLease(ReadOnlySpan<byte> bytes, SafeBuffer? owner)
{
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public void Dispose() => owner?.ReleasePointer();
}

/// <summary>Bytes at an address that stays until this is disposed.</summary>
internal sealed unsafe class PinnedBytes : IDisposable
{
    private readonly SafeBuffer? owner;
    private MemoryHandle memory;

    /// <param name="address">Within a mapping whose pointer was acquired, which this releases.</param>
    /// <param name="owner">The mapping.</param>
    public PinnedBytes(byte* address, SafeBuffer owner)
    {
        Address = address;
        this.owner = owner;
    }

    /// <param name="memory">Pinned bytes.</param>
    public PinnedBytes(MemoryHandle memory)
    {
        Address = (byte*)memory.Pointer;
        this.memory = memory;
    }

    public byte* Address { get; }

    public void Dispose()
    {
        owner?.ReleasePointer();
        memory.Dispose();
    }
}
