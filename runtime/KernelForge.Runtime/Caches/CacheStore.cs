using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Caches;

/// <summary>Where the blocks of a cache lie: memory of the host, or of a device. Kernels alone write to it, but for copies.</summary>
internal abstract class CacheStore : IDisposable
{
    /// <summary>Memory of unspecified content, at a multiple of 64 bytes; freed with the store.</summary>
    /// <returns>Its address.</returns>
    public abstract nint Allocate(long bytes);

    /// <summary>Copies between two blocks: done, or sure to be done before the next kernel begins that reads the target.</summary>
    public abstract void Copy(nint from, nint to, long bytes);

    public abstract void Dispose();
}

/// <summary>Memory of the host.</summary>
internal sealed unsafe class HostStore : CacheStore
{
    private readonly List<NativeFloats> slabs = [];

    public override nint Allocate(long bytes)
    {
        NativeFloats slab = NativeFloats.Allocate((bytes + sizeof(float) - 1) / sizeof(float));
        slabs.Add(slab);
        return (nint)slab.Pointer;
    }

    public override void Copy(nint from, nint to, long bytes) => NativeFloats.Copy((float*)from, (float*)to, bytes / sizeof(float));

    public override void Dispose()
    {
        foreach (NativeFloats slab in slabs) slab.Dispose();
    }
}
