using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda.Memory;

/// <summary>Bytes in a device's memory. Disposing of it returns them to where they came from.</summary>
public sealed class DeviceBuffer : IDisposable
{
    private readonly DevicePointer pointer;
    private Action? giveBack;
    private bool disposed;

    internal DeviceBuffer(DevicePointer pointer, nuint bytes, Action? giveBack)
    {
        this.pointer = pointer;
        this.giveBack = giveBack;
        Bytes = bytes;
    }

    public nuint Bytes { get; }

    /// <exception cref="ObjectDisposedException">The memory was returned.</exception>
    public DevicePointer Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return pointer;
        }
    }

    /// <summary>The address, for other libraries.</summary>
    public nint Handle => (nint)Pointer.Address;

    /// <summary>Memory that another library allocated and goes on owning.</summary>
    public static DeviceBuffer Foreign(nint address, nuint bytes) => new(new DevicePointer((ulong)address), bytes, giveBack: null);

    public void Dispose()
    {
        disposed = true;
        Interlocked.Exchange(ref giveBack, null)?.Invoke();
    }

    /// <exception cref="ArgumentException">A range of so many bytes does not lie in the buffer.</exception>
    internal DevicePointer Range(nuint offset, nuint bytes)
    {
        if (offset > Bytes || bytes > Bytes - offset)
            throw new ArgumentException($"{bytes} bytes from byte {offset} do not lie in a buffer of {Bytes}");
        return Pointer + offset;
    }
}
