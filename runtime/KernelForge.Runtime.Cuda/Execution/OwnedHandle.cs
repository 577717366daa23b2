using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda.Execution;

/// <summary>Something of the driver's that is destroyed exactly once: by whoever made it, or at the latest with its context.</summary>
internal sealed class OwnedHandle : IDisposable
{
    private readonly CudaContext context;
    private readonly Func<ICudaDriver, CudaResult> destroy;
    private int destroyed;

    /// <param name="context">What keeps it.</param>
    /// <param name="destroy">The call that destroys it.</param>
    public OwnedHandle(CudaContext context, Func<ICudaDriver, CudaResult> destroy)
    {
        this.context = context;
        this.destroy = destroy;
        context.Keep(this);
    }

    /// <exception cref="ObjectDisposedException">It was destroyed.</exception>
    public void ThrowIfDestroyed(object owner) => ObjectDisposedException.ThrowIf(Volatile.Read(ref destroyed) != 0, owner);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref destroyed, 1) != 0) return;
        context.Forget(this);
        context.Destroy(destroy);
    }
}
