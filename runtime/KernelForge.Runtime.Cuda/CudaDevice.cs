using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda;

/// <summary>An NVIDIA GPU, or another implementation of its driver. Nothing is loaded before <see cref="Open"/>.</summary>
public sealed record CudaDevice : Device
{
    private readonly ICudaDriver? driver;

    private CudaDevice(int ordinal, ICudaDriver? driver)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        Ordinal = ordinal;
        this.driver = driver;
    }

    /// <summary>The device by the driver's order, from 0.</summary>
    public int Ordinal { get; }

    /// <summary>A GPU of this machine.</summary>
    /// <param name="ordinal">By the driver's order, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static CudaDevice Number(int ordinal = 0) => new(ordinal, driver: null);

    /// <summary>A device of another implementation of the driver.</summary>
    public static CudaDevice On(ICudaDriver driver, int ordinal = 0)
    {
        ArgumentNullException.ThrowIfNull(driver);
        return new CudaDevice(ordinal, driver);
    }

    /// <summary>The GPUs of this machine, or what is missing to use one and where it was looked for. Throws nothing.</summary>
    public static CudaDevices Find() => CudaDevices.Find();

    /// <exception cref="CudaException">There is no driver or no such device; the message says what is missing.</exception>
    public CudaContext Open() => CudaContext.Open(driver ?? NativeDriver.Open(), Ordinal);

    public override string ToString() => driver is null ? $"cuda {Ordinal}" : $"{driver.Description}, device {Ordinal}";
}

/// <summary>Makes <see cref="CudaDevice"/> a device like those of <see cref="Device"/>.</summary>
public static class CudaDeviceExtensions
{
    extension(Device)
    {
        /// <summary>A GPU of this machine; see <see cref="CudaDevice.Find"/> for what there is.</summary>
        /// <param name="ordinal">By the driver's order, from 0.</param>
        /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
        public static Device Cuda(int ordinal = 0) => CudaDevice.Number(ordinal);
    }
}
