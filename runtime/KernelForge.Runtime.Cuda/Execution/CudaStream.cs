using System.Diagnostics.CodeAnalysis;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Memory;

namespace KernelForge.Runtime.Cuda.Execution;

/// <summary>Work of a device, done in the order in which it is given.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "This is what the field calls it.")]
public sealed unsafe class CudaStream : IDisposable
{
    private readonly OwnedHandle? owned;
    private readonly StreamHandle handle;
    private readonly RecentWork recent = new();

    /// <param name="context">The device.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaStream(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
        context.Enter();
        context.Check("cuStreamCreate", Driver.CreateStream(StreamKind.NonBlocking, out handle));
        StreamHandle created = handle;
        owned = new OwnedHandle(context, driver => driver.DestroyStream(created));
    }

    private CudaStream(CudaContext context, nint foreign)
    {
        Context = context;
        handle = new StreamHandle(foreign);
    }

    public CudaContext Context { get; }

    /// <summary>The driver's stream, for other libraries.</summary>
    public nint Handle => Stream.Value;

    internal StreamHandle Stream
    {
        get
        {
            owned?.ThrowIfDestroyed(this);
            return handle;
        }
    }

    /// <summary>Whether all work given so far is done.</summary>
    /// <exception cref="CudaException">Some of it failed.</exception>
    public bool IsIdle
    {
        get
        {
            Context.Enter();
            CudaResult result = Driver.QueryStream(Stream);
            if (result == CudaResult.NotReady) return false;
            if (result != CudaResult.Success) Context.Check("cuStreamQuery", result, recent.OnlyKernel, recent.Text());
            return true;
        }
    }

    private ICudaDriver Driver => Context.Driver;

    /// <summary>A stream that another library made and goes on owning; 0 is the default stream.</summary>
    public static CudaStream Foreign(CudaContext context, nint stream)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new CudaStream(context, stream);
    }

    /// <summary>Waits on the host for all work given so far.</summary>
    /// <exception cref="CudaException">Some of it failed.</exception>
    public void Synchronize()
    {
        Context.Enter();
        CudaResult result = Driver.SynchronizeStream(Stream);
        if (result != CudaResult.Success) Context.Check("cuStreamSynchronize", result, recent.OnlyKernel, recent.Text());
        recent.Clear();
    }

    /// <summary>Work that was given: what it is called stands in the error where it fails later.</summary>
    internal void Given(string work) => recent.Add(work);

    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Record(CudaEvent reached)
    {
        ArgumentNullException.ThrowIfNull(reached);
        Context.Enter();
        Context.Check("cuEventRecord", Driver.RecordEvent(reached.Handle, Stream));
    }

    /// <summary>What is given after this begins when the event of another stream is reached.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void WaitFor(CudaEvent awaited)
    {
        ArgumentNullException.ThrowIfNull(awaited);
        Context.Enter();
        Context.Check("cuStreamWaitEvent", Driver.WaitForEvent(Stream, awaited.Handle));
    }

    /// <summary>Copies to the device and waits: the values may be changed afterwards.</summary>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    /// <exception cref="CudaException">The copy, or work before it, failed.</exception>
    public void Upload<T>(ReadOnlySpan<T> values, DeviceBuffer destination, nuint offset = 0)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(destination);
        nuint bytes = (nuint)values.Length * (nuint)sizeof(T);
        DevicePointer target = destination.Range(offset, bytes);
        if (bytes == 0) return;
        Context.Enter();
        fixed (T* source = values)
        {
            Context.Check("cuMemcpyHtoDAsync", Driver.CopyToDevice(target, (nint)source, bytes, Stream));
            Synchronize();
        }
    }

    /// <summary>Copies from the device and waits.</summary>
    /// <inheritdoc cref="Upload{T}"/>
    public void Download<T>(DeviceBuffer source, Span<T> values, nuint offset = 0)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(source);
        nuint bytes = (nuint)values.Length * (nuint)sizeof(T);
        DevicePointer origin = source.Range(offset, bytes);
        if (bytes == 0) return;
        Context.Enter();
        fixed (T* destination = values)
        {
            Context.Check("cuMemcpyDtoHAsync", Driver.CopyToHost((nint)destination, origin, bytes, Stream));
            Synchronize();
        }
    }

    /// <summary>Copies the first bytes of a pinned buffer without waiting: they stay as they are until the stream has passed.</summary>
    /// <param name="source">The host's memory.</param>
    /// <param name="destination">The device's.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="offset">Where they go in the device's memory.</param>
    /// <exception cref="ArgumentException">There are not so many, or they do not fit.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void CopyToDevice(PinnedBuffer source, DeviceBuffer destination, int bytes, nuint offset = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, source.Bytes);
        DevicePointer target = destination.Range(offset, (nuint)bytes);
        if (bytes == 0) return;
        Context.Enter();
        Context.Check("cuMemcpyHtoDAsync", Driver.CopyToDevice(target, source.Address, (nuint)bytes, Stream));
    }

    /// <summary>The reverse, also without waiting.</summary>
    /// <inheritdoc cref="CopyToDevice" path="/exception"/>
    public void CopyToHost(DeviceBuffer source, PinnedBuffer destination, int bytes, nuint offset = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, destination.Bytes);
        DevicePointer origin = source.Range(offset, (nuint)bytes);
        if (bytes == 0) return;
        Context.Enter();
        Context.Check("cuMemcpyDtoHAsync", Driver.CopyToHost(destination.Address, origin, (nuint)bytes, Stream));
    }

    /// <exception cref="CudaException">The driver refuses.</exception>
    public void CopyOnDevice(DeviceBuffer source, DeviceBuffer destination, nuint bytes)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        DevicePointer origin = source.Range(0, bytes), target = destination.Range(0, bytes);
        if (bytes == 0) return;
        Context.Enter();
        Context.Check("cuMemcpyDtoDAsync", Driver.CopyOnDevice(target, origin, bytes, Stream));
    }

    /// <summary>Sets every byte of a buffer.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Fill(DeviceBuffer destination, byte value)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (destination.Bytes == 0) return;
        Context.Enter();
        Context.Check("cuMemsetD8Async", Driver.Fill(destination.Pointer, value, destination.Bytes, Stream));
    }

    public void Dispose() => owned?.Dispose();
}
