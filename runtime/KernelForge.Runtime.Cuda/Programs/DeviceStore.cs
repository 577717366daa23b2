using KernelForge.Runtime.Caches;
using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Memory;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>What sequences keep, in device memory. It holds the device open, also where the program is disposed of first.</summary>
internal sealed class DeviceStore : CacheStore
{
    private readonly SharedContext shared;
    private readonly string layer;
    private readonly CudaStream stream;
    private readonly List<DeviceBuffer> slabs = [];

    /// <exception cref="CudaException">The device cannot be used.</exception>
    public DeviceStore(CudaDevice device, string layer)
    {
        this.layer = layer;
        shared = SharedContext.Of(device);
        try
        {
            stream = new CudaStream(shared.Context);
        }
        catch
        {
            shared.Dispose();
            throw;
        }
    }

    /// <exception cref="CudaException">The device has too little memory.</exception>
    public override nint Allocate(long bytes)
    {
        DeviceBuffer slab = shared.Context.Memory.Rent((nuint)bytes, $"what sequences keep of {layer}");
        slabs.Add(slab);
        return slab.Handle;
    }

    /// <remarks>Runs wait for their own work before they end: nobody else uses either block now, and the next run begins after the copy.</remarks>
    public override void Copy(nint from, nint to, long bytes)
    {
        shared.Context.Enter();
        shared.Context.Check("cuMemcpyDtoDAsync", shared.Context.Driver.CopyOnDevice(new((ulong)to), new((ulong)from), (nuint)bytes, stream.Stream));
        stream.Synchronize();
    }

    public override void Dispose()
    {
        foreach (DeviceBuffer slab in slabs) slab.Dispose();
        stream.Dispose();
        shared.Dispose();
    }
}
