using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

// The device and its one context, the primary one.
public sealed partial class EmulatedDriver
{
    private readonly ThreadLocal<ContextHandle> current = new();
    private ContextHandle primary;
    private int owners;
    private int contexts;

    private bool HasContext => owners > 0 && current.Value == primary;

    public CudaResult Initialize() => Answer();

    public CudaResult GetVersion(out int version)
    {
        version = 13000;
        return Answer();
    }

    public CudaResult GetDeviceCount(out int count)
    {
        count = 1;
        return Answer();
    }

    public CudaResult GetDevice(int ordinal, out DeviceHandle device)
    {
        device = default;
        CudaResult result = Answer();
        return result != CudaResult.Success || ordinal == 0 ? result : Fail(CudaResult.InvalidDevice, $"there is no device {ordinal}: one is emulated");
    }

    public CudaResult GetDeviceName(DeviceHandle device, out string name)
    {
        name = $"emulated GPU {Architecture}";
        return OfDevice(device);
    }

    public CudaResult GetDeviceMemory(DeviceHandle device, out nuint bytes)
    {
        bytes = (nuint)Capacity;
        return OfDevice(device);
    }

    public CudaResult GetDeviceProperty(DeviceHandle device, DeviceProperty property, out int value)
    {
        value = 0;
        CudaResult result = OfDevice(device);
        if (result != CudaResult.Success) return result;
        if (DeviceProperties.Of(this.device.Limits, property) is not { } known)
            return Fail(CudaResult.InvalidValue, $"an emulated GPU does not know the property {property}");
        value = known;
        return CudaResult.Success;
    }

    public CudaResult RetainPrimaryContext(DeviceHandle device, out ContextHandle context)
    {
        lock (gate)
        {
            context = default;
            CudaResult result = Begin(needsContext: false);
            if (result != CudaResult.Success) return result;
            if (device.Value != 0) return NoDevice(device);
            if (owners++ == 0) primary = new ContextHandle(0x100 * ++contexts);
            context = primary;
            return CudaResult.Success;
        }
    }

    /// <summary>The last owner lets go of everything that is left, and of a failure.</summary>
    public CudaResult ReleasePrimaryContext(DeviceHandle device)
    {
        lock (gate)
        {
            _ = Begin(needsContext: false);
            if (owners == 0) return Fail(CudaResult.InvalidContext, "nobody owns the primary context");
            if (--owners > 0) return lost;
            DropAll();
            machine.Recover();
            lost = CudaResult.Success;
            return CudaResult.Success;
        }
    }

    public CudaResult SetCurrentContext(ContextHandle context)
    {
        lock (gate)
        {
            CudaResult result = Begin(needsContext: false);
            if (result != CudaResult.Success) return result;
            if (context != default && (owners == 0 || context != primary))
                return Fail(CudaResult.InvalidContext, $"there is no context 0x{context.Value:x}, or it was let go of");
            current.Value = context;
            return CudaResult.Success;
        }
    }

    public CudaResult GetCurrentContext(out ContextHandle context)
    {
        context = current.Value;
        return Answer();
    }

    public CudaResult GetCurrentDevice(out DeviceHandle device)
    {
        device = default;
        lock (gate) return Begin();
    }

    public CudaResult SynchronizeContext()
    {
        lock (gate)
        {
            CudaResult result = Begin();
            if (result != CudaResult.Success) return result;
            if (InvalidateCaptures("the context was waited for", _ => true) is { } refused) return refused;
            scheduler.RunAll();
            return Waited();
        }
    }

    private CudaResult Answer()
    {
        lock (gate) return Begin(needsContext: false);
    }

    private CudaResult OfDevice(DeviceHandle device)
    {
        CudaResult result = Answer();
        return result != CudaResult.Success || device.Value == 0 ? result : NoDevice(device);
    }

    private CudaResult NoDevice(DeviceHandle device) =>
        Fail(CudaResult.InvalidDevice, $"there is no device {device.Value}: one is emulated");

    private void DropAll()
    {
        scheduler.Clear();
        modules.Clear();
        functions.Clear();
        streams.Clear();
        events.Clear();
        graphs.Clear();
        executables.Clear();
        host.Clear();
        device.Addresses.Clear();
        used = 0;
        defaultStream = null;
    }
}
