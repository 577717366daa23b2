using KernelForge.Emulation.Memory;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

// Memory of the device and pinned memory, copies and fills.
public sealed partial class EmulatedDriver
{
    private readonly HostMemory host = new();
    private long used;

    public CudaResult GetMemoryInfo(out nuint free, out nuint total)
    {
        lock (gate)
        {
            (free, total) = ((nuint)(Capacity - used), (nuint)Capacity);
            return Begin();
        }
    }

    public CudaResult Allocate(nuint bytes, out DevicePointer address)
    {
        lock (gate)
        {
            address = default;
            CudaResult result = BeginUnrecorded("device memory was allocated");
            if (result != CudaResult.Success) return result;
            if (bytes == 0 || bytes > int.MaxValue)
                return Fail(CudaResult.InvalidValue, $"an allocation of {bytes} bytes: from 1 to {int.MaxValue} are possible on an emulated GPU");
            if (Faults.NextAllocationFails()) return Fail(CudaResult.OutOfMemory, "no memory is left, as the fault plan says");
            if ((long)bytes > Capacity - used)
                return Fail(CudaResult.OutOfMemory, $"{bytes} bytes were wanted, and {Capacity - used} of {Capacity} are free");
            try
            {
                address = new DevicePointer(device.Allocate((long)bytes));
            }
            catch (OutOfMemoryException)
            {
                return Fail(CudaResult.OutOfMemory, $"the host that emulates the device has no {bytes} bytes left");
            }
            used += (long)bytes;
            return CudaResult.Success;
        }
    }

    public CudaResult Free(DevicePointer address)
    {
        lock (gate)
        {
            CudaResult result = BeginUnrecorded("device memory was freed");
            if (result == CudaResult.StreamCaptureUnsupported) return result;
            if (device.Addresses.AtOrBelow(address.Address) is not { IsFreed: false } allocation || allocation.Address != address.Address
                || modules.All.Any(m => m.Module.Allocations.Contains(allocation)))
                return result != CudaResult.Success ? result : Fail(CudaResult.InvalidValue, $"nothing that was allocated begins at {address}");
            allocation.Dispose();
            used -= allocation.Length;
            return result;
        }
    }

    /// <summary>Pinned memory, which kernels of an emulated GPU do not see.</summary>
    public CudaResult AllocateHost(nuint bytes, out nint address)
    {
        lock (gate)
        {
            address = 0;
            CudaResult result = BeginUnrecorded("pinned memory was allocated");
            if (result != CudaResult.Success) return result;
            if (bytes is 0 or > int.MaxValue) return Fail(CudaResult.InvalidValue, $"{bytes} bytes of pinned memory are not possible");
            if (Faults.NextAllocationFails()) return Fail(CudaResult.OutOfMemory, "no pinned memory is left, as the fault plan says");
            if (host.Allocate(bytes) is not { } allocation) return Fail(CudaResult.OutOfMemory, $"the host has no {bytes} bytes left");
            address = allocation.Address;
            return CudaResult.Success;
        }
    }

    public CudaResult FreeHost(nint address)
    {
        lock (gate)
        {
            CudaResult result = BeginUnrecorded("pinned memory was freed");
            if (result == CudaResult.StreamCaptureUnsupported) return result;
            bool freed = host.Free(address);
            return result != CudaResult.Success || freed ? result
                : Fail(CudaResult.InvalidValue, $"no pinned memory begins at 0x{address:x}, or it was freed before");
        }
    }

    /// <summary>Waits where <paramref name="source"/> is not pinned.</summary>
    public CudaResult CopyToDevice(DevicePointer destination, nint source, nuint bytes, StreamHandle stream) => CopyWithHost(
        source, destination, bytes, stream,
        (pinned, target) => new UploadWork(pinned, source, target), target => UploadWork.CopyUnpinned(source, target));

    /// <summary>Waits where <paramref name="destination"/> is not pinned.</summary>
    public CudaResult CopyToHost(nint destination, DevicePointer source, nuint bytes, StreamHandle stream) => CopyWithHost(
        destination, source, bytes, stream,
        (pinned, origin) => new DownloadWork(pinned, destination, origin), origin => DownloadWork.Copy(origin, destination));

    // Pinned memory is copied when the stream comes to it, any other at once, behind what the stream was given.
    private CudaResult CopyWithHost(
        nint host, DevicePointer device, nuint bytes, StreamHandle stream, Func<HostAllocation, DeviceRange, Work> later, Action<DeviceRange> atOnce)
    {
        lock (gate)
        {
            CudaResult result = BeginWork(stream, out EmulatedStream given);
            if (result != CudaResult.Success || bytes == 0) return result;
            result = Find(device, bytes, out DeviceRange range);
            if (result != CudaResult.Success) return result;
            result = FindPinned(host, bytes, given, out HostAllocation? pinned);
            if (result != CudaResult.Success) return result;
            if (pinned is not null) return Give(given, later(pinned, range));
            result = Finish(given);
            if (result == CudaResult.Success) atOnce(range);
            return result;
        }
    }

    public CudaResult CopyOnDevice(DevicePointer destination, DevicePointer source, nuint bytes, StreamHandle stream)
    {
        lock (gate)
        {
            CudaResult result = BeginWork(stream, out EmulatedStream given);
            if (result != CudaResult.Success || bytes == 0) return result;
            result = Find(source, bytes, out DeviceRange origin);
            if (result != CudaResult.Success) return result;
            result = Find(destination, bytes, out DeviceRange target);
            return result != CudaResult.Success ? result : Give(given, new DeviceCopyWork(origin, target));
        }
    }

    public CudaResult Fill(DevicePointer destination, byte value, nuint count, StreamHandle stream) =>
        FillBytes(destination, value, count, isWord: false, stream);

    public CudaResult FillWords(DevicePointer destination, uint value, nuint count, StreamHandle stream) => destination.Address % 4 != 0
        ? Fail(CudaResult.InvalidValue, $"{destination} is no multiple of 4")
        : FillBytes(destination, value, 4 * count, isWord: true, stream);

    public CudaResult EncodeTensorMap(in TensorMapDescription description, out TensorMap map)
    {
        map = default;
        CudaResult result = Answer();
        return result != CudaResult.Success ? result : Fail(CudaResult.NotSupported, "an emulated GPU has no tensor maps (cuTensorMapEncodeTiled)");
    }

    private CudaResult FillBytes(DevicePointer destination, uint value, nuint bytes, bool isWord, StreamHandle stream)
    {
        lock (gate)
        {
            CudaResult result = BeginWork(stream, out EmulatedStream given);
            if (result != CudaResult.Success || bytes == 0) return result;
            result = Find(destination, bytes, out DeviceRange target);
            return result != CudaResult.Success ? result : Give(given, new FillWork(target, value, isWord));
        }
    }

    private CudaResult Find(DevicePointer address, nuint bytes, out DeviceRange range)
    {
        range = default;
        Allocation? allocation = device.Addresses.AtOrBelow(address.Address);
        ulong offset = address.Address - (allocation?.Address ?? 0);
        if (allocation is null || offset >= (ulong)allocation.Length)
            return Fail(CudaResult.InvalidValue, $"nothing is allocated at {address}");
        if (allocation.IsFreed) return Fail(CudaResult.InvalidValue, $"'{allocation.Name}', which held {address}, was freed");
        if (bytes > (ulong)allocation.Length - offset)
        {
            return Fail(CudaResult.InvalidValue,
                $"{bytes} bytes at {address} leave '{allocation.Name}', which has {allocation.Length} bytes, {(ulong)allocation.Length - offset} from there on");
        }
        range = new DeviceRange(allocation, (long)offset, (long)bytes);
        return CudaResult.Success;
    }

    // Memory that is not pinned, the stream is waited for: nothing keeps it in place.
    private CudaResult FindPinned(nint address, nuint bytes, EmulatedStream stream, out HostAllocation? pinned)
    {
        if (address == 0)
        {
            pinned = null;
            return Fail(CudaResult.InvalidValue, "the host's address is null");
        }
        pinned = host.At(address, bytes);
        if (pinned is { IsFreed: true }) return Fail(CudaResult.InvalidValue, $"{pinned.Name}, which held 0x{address:x}, was freed");
        if (pinned is not null && !pinned.Holds(address, bytes))
            return Fail(CudaResult.InvalidValue, $"{bytes} bytes at 0x{address:x} are not all in {pinned.Name}");
        if (pinned is not null || stream.Capture is null) return CudaResult.Success;
        return Invalidate(stream.Capture, "a copy with memory of the host that is not pinned cannot be recorded");
    }
}
