using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda.Execution;

/// <summary>A point in a stream's work, to wait for or to take the time at.</summary>
public sealed class CudaEvent : IDisposable
{
    private readonly CudaContext context;
    private readonly OwnedHandle owned;
    private readonly EventHandle handle;

    /// <param name="context">The device.</param>
    /// <param name="kind">Whether it takes the time.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaEvent(CudaContext context, EventKind kind = EventKind.Ordering)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.context = context;
        context.Enter();
        context.Check("cuEventCreate", context.Driver.CreateEvent(kind, out handle));
        EventHandle created = handle;
        owned = new OwnedHandle(context, driver => driver.DestroyEvent(created));
    }

    internal EventHandle Handle
    {
        get
        {
            owned.ThrowIfDestroyed(this);
            return handle;
        }
    }

    /// <summary>Whether the work before it is done.</summary>
    /// <exception cref="CudaException">That work failed.</exception>
    public bool IsReached
    {
        get
        {
            context.Enter();
            CudaResult result = context.Driver.QueryEvent(Handle);
            if (result == CudaResult.NotReady) return false;
            context.Check("cuEventQuery", result);
            return true;
        }
    }

    /// <summary>Waits on the host for the work before it.</summary>
    /// <exception cref="CudaException">That work failed.</exception>
    public void Synchronize()
    {
        context.Enter();
        context.Check("cuEventSynchronize", context.Driver.SynchronizeEvent(Handle));
    }

    /// <summary>
    /// From an earlier event to this one, both made with <see cref="EventKind.Timing"/> and reached; about half a microsecond fine.
    /// </summary>
    /// <exception cref="CudaException">One of them takes no time or was not reached.</exception>
    public TimeSpan Since(CudaEvent earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        context.Enter();
        context.Check("cuEventElapsedTime", context.Driver.GetElapsedTime(earlier.Handle, Handle, out float milliseconds));
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    public void Dispose() => owned.Dispose();
}
