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
    private readonly Func<bool> makeRoom;
    private readonly CudaStream stream;
    private readonly List<DeviceBuffer> slabs = [];

    /// <param name="device">The device.</param>
    /// <param name="layer">For the error where it has too little memory.</param>
    /// <param name="makeRoom">Gives memory back that is only kept for later; false where there is none.</param>
    /// <exception cref="CudaException">The device cannot be used.</exception>
    public DeviceStore(CudaDevice device, string layer, Func<bool> makeRoom)
    {
        (this.layer, this.makeRoom) = (layer, makeRoom);
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
        DeviceBuffer slab;
        try
        {
            slab = Rent(bytes);
        }
        catch (CudaException error) when (error.Result == CudaResult.OutOfMemory && makeRoom())
        {
            slab = Rent(bytes);
        }
        slabs.Add(slab);
        return slab.Handle;
    }

    private DeviceBuffer Rent(long bytes) => shared.Context.Memory.Rent((nuint)bytes, $"what sequences keep of {layer}");

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
