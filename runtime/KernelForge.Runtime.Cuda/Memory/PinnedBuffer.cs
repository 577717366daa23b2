using System.Runtime.InteropServices;
using KernelForge.Runtime.Cuda.Execution;

namespace KernelForge.Runtime.Cuda.Memory;

/// <summary>Memory of the host that the device reads and writes by itself, at a fixed address: what a captured graph copies from.</summary>
public sealed unsafe class PinnedBuffer : IDisposable
{
    private readonly OwnedHandle handle;
    private readonly nint address;

    /// <param name="context">The device that copies.</param>
    /// <param name="bytes">More than 0.</param>
    /// <exception cref="CudaException">There is no such memory left.</exception>
    public PinnedBuffer(CudaContext context, int bytes)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        context.Enter();
        context.Check("cuMemHostAlloc", context.Driver.AllocateHost((nuint)bytes, out nint allocated),
            detail: $"{SizeClass.Text((nuint)bytes)} of pinned host memory were wanted");
        address = allocated;
        Bytes = bytes;
        handle = new OwnedHandle(context, driver => driver.FreeHost(allocated));
    }

    public int Bytes { get; }

    /// <exception cref="ObjectDisposedException">It was freed.</exception>
    public nint Address
    {
        get
        {
            handle.ThrowIfDestroyed(this);
            return address;
        }
    }

    /// <summary>The bytes as values, as many as fit.</summary>
    public Span<T> As<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(new Span<byte>((void*)Address, Bytes));

    public void Dispose() => handle.Dispose();
}
