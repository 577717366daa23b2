using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Memory;

namespace KernelForge.Runtime.Cuda.Execution;

/// <summary>
/// A device made ready for use, and the owner of everything that is made on it: what was not disposed of before is destroyed with it,
/// the youngest first.
/// </summary>
/// <remarks>
/// Safe for use by several threads: each call makes the context current on its own thread. Once the device is lost (an illegal access of
/// a kernel, a fault of the hardware) every call says so and by what; <see cref="Dispose"/> still lets go of everything.
/// </remarks>
public sealed class CudaContext : IDisposable
{
    private readonly DeviceHandle device;
    private readonly ContextHandle context;
    private readonly bool isOurs;
    private readonly List<OwnedHandle> owned = [];
    private readonly Lock ownedLock = new();
    private volatile CudaException? lostBy;
    private int disposed;

    private CudaContext(ICudaDriver driver, DeviceHandle device, ContextHandle context, bool isOurs)
    {
        Driver = driver;
        this.device = device;
        this.context = context;
        this.isOurs = isOurs;
        try
        {
            Enter();
            Check("cuDeviceGetName", driver.GetDeviceName(device, out string name));
            Name = name;
            Architecture = new Architecture(
                Property(DeviceProperty.ComputeCapabilityMajor), Property(DeviceProperty.ComputeCapabilityMinor));
            MultiprocessorCount = Property(DeviceProperty.MultiprocessorCount);
            SharedBytesOfBlock = Property(DeviceProperty.MaxSharedMemoryPerBlockOptin);
            Memory = new MemoryPool(this);
        }
        catch
        {
            if (isOurs) driver.ReleasePrimaryContext(device);
            throw;
        }
    }

    public ICudaDriver Driver { get; }

    /// <summary>The device's name, such as <c>NVIDIA H100</c>.</summary>
    public string Name { get; }

    public Architecture Architecture { get; }

    public int MultiprocessorCount { get; }

    /// <summary>Bytes of shared memory that one block can have, where a kernel asks for more than the usual 48 KiB.</summary>
    public int SharedBytesOfBlock { get; }

    /// <summary>The memory of the device.</summary>
    public MemoryPool Memory { get; }

    /// <summary>The driver's context, for other libraries of this process.</summary>
    public nint Handle => context.Value;

    /// <summary>Nothing that was made on this context can be used any more; why, or null.</summary>
    public CudaException? LostBy => lostBy;

    /// <summary>Opens a device's primary context, which all libraries of a process share.</summary>
    /// <param name="driver">An initialised driver.</param>
    /// <param name="ordinal">The device by the driver's order, from 0.</param>
    /// <exception cref="CudaException">There is no such device, or it cannot be used.</exception>
    public static CudaContext Open(ICudaDriver driver, int ordinal = 0)
    {
        ArgumentNullException.ThrowIfNull(driver);
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);

        CheckCall(driver, "cuDeviceGetCount", driver.GetDeviceCount(out int count));
        if (ordinal >= count)
        {
            string has = count == 0 ? "none" : $"{count}, numbered from 0";
            throw new CudaException($"there is no CUDA device {ordinal}: {driver.Description} has {has}");
        }
        CheckCall(driver, "cuDeviceGet", driver.GetDevice(ordinal, out DeviceHandle device));
        CheckCall(driver, "cuDevicePrimaryCtxRetain", driver.RetainPrimaryContext(device, out ContextHandle context));
        return new CudaContext(driver, device, context, isOurs: true);
    }

    /// <summary>Uses a context that another library made, and that stays its own.</summary>
    /// <param name="driver">The driver that the other library uses.</param>
    /// <param name="foreign">Its <c>CUcontext</c>.</param>
    /// <exception cref="CudaException">It is no context that can be used.</exception>
    public static CudaContext Attach(ICudaDriver driver, nint foreign)
    {
        ArgumentNullException.ThrowIfNull(driver);
        CheckCall(driver, "cuCtxSetCurrent", driver.SetCurrentContext(new ContextHandle(foreign)));
        CheckCall(driver, "cuCtxGetDevice", driver.GetCurrentDevice(out DeviceHandle device));
        return new CudaContext(driver, device, new ContextHandle(foreign), isOurs: false);
    }

    /// <exception cref="CudaException">The driver does not know the property.</exception>
    public int Property(DeviceProperty property)
    {
        Check("cuDeviceGetAttribute", Driver.GetDeviceProperty(device, property, out int value));
        return value;
    }

    /// <summary>Waits for all work of the context.</summary>
    /// <exception cref="CudaException">Some of that work failed.</exception>
    public void Synchronize()
    {
        Enter();
        Check("cuCtxSynchronize", Driver.SynchronizeContext());
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        while (Youngest() is { } handle) handle.Dispose();
        if (isOurs) Driver.ReleasePrimaryContext(device);
    }

    /// <summary>Before every call: the context is there, and current on this thread.</summary>
    internal void Enter()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        if (lostBy is { } cause) throw CudaException.AfterLoss(Name, cause);
        Check("cuCtxSetCurrent", Driver.SetCurrentContext(context));
    }

    /// <summary>After every call.</summary>
    /// <exception cref="CudaException">It failed.</exception>
    internal void Check(string call, CudaResult result, string? kernel = null, string? detail = null)
    {
        if (result == CudaResult.Success) return;
        var error = CudaException.FromCall(call, result, Driver.Explain(result), kernel, detail);
        if (error.DeviceIsLost) lostBy ??= error;
        throw error;
    }

    internal void Keep(OwnedHandle handle)
    {
        lock (ownedLock) owned.Add(handle);
    }

    internal void Forget(OwnedHandle handle)
    {
        lock (ownedLock) owned.Remove(handle);
    }

    /// <summary>
    /// Destroys something. A code that this answers with belongs to earlier work: were it thrown, a Dispose would hide the error on whose
    /// way out it runs; that a device is lost is kept for the next call.
    /// </summary>
    internal void Destroy(Func<ICudaDriver, CudaResult> destroy)
    {
        _ = Driver.SetCurrentContext(context);
        CudaResult result = destroy(Driver);
        if (result.LosesContext())
            lostBy ??= CudaException.FromCall("destroying what was made on the device", result, Driver.Explain(result));
    }

    private OwnedHandle? Youngest()
    {
        lock (ownedLock) return owned.Count > 0 ? owned[^1] : null;
    }

    private static void CheckCall(ICudaDriver driver, string call, CudaResult result)
    {
        if (result != CudaResult.Success) throw CudaException.FromCall(call, result, driver.Explain(result));
    }
}
