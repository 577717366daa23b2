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

    protected abstract ByteLease LeaseChecked(long offset, int count);

    public abstract void Dispose();
}

/// <summary>A range of bytes that stays readable until the lease is disposed.</summary>
internal readonly ref struct ByteLease(ReadOnlySpan<byte> bytes, SafeBuffer? owner)
{
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public void Dispose() => owner?.ReleasePointer();
}
