using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda;

/// <summary>An NVIDIA GPU, or another implementation of its driver. Nothing is loaded before <see cref="Open"/>.</summary>
public sealed record CudaDevice : Device
{
    private readonly CudaPrecision? named;

    private CudaDevice(int ordinal, ICudaDriver? driver, CudaPrecision? precision)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        if (precision is { } one && !Enum.IsDefined(one)) throw new ArgumentOutOfRangeException(nameof(precision), precision, "no such precision");
        Ordinal = ordinal;
        Driver = driver;
        named = precision;
    }

    /// <summary>The device by the driver's order, from 0.</summary>
    public int Ordinal { get; }

    /// <summary>
    /// The type of weights and intermediate values. Of a device that names none, float16 until a layer is loaded that says otherwise; the
    /// loaded layer's device has it.
    /// </summary>
    public CudaPrecision Precision => named ?? CudaPrecision.Float16;

    /// <summary>What a program for no GPU of this machine is planned for; else null.</summary>
    public Architecture? PlannedFor { get; private init; }

    /// <inheritdoc/>
    public override bool OnlyPlans => PlannedFor is not null;

    /// <summary>Null for the driver of this machine.</summary>
    internal ICudaDriver? Driver { get; }

    /// <summary>
    /// Where the kernels of programs on this device are compiled and kept; null for the user's own cache, <see cref="CubinCache.Open"/>.
    /// <c>CudaDevice.Number(0) with { Cache = new CubinCache(folder, NvrtcCompiler.Open) }</c> keeps them in a folder of the application.
    /// </summary>
    public CubinCache? Cache { get; init; }

    /// <summary>A GPU of this machine.</summary>
    /// <param name="ordinal">By the driver's order, from 0.</param>
    /// <param name="precision">The type of weights and intermediate values; null for what the layer says, or else float16.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative, or there is no such precision.</exception>
    public static CudaDevice Number(int ordinal = 0, CudaPrecision? precision = null) => new(ordinal, null, precision);

    /// <summary>A device of another implementation of the driver.</summary>
    /// <inheritdoc cref="Number"/>
    public static CudaDevice On(ICudaDriver driver, int ordinal = 0, CudaPrecision? precision = null)
    {
        ArgumentNullException.ThrowIfNull(driver);
        return new CudaDevice(ordinal, driver, precision);
    }

    /// <summary>No device at all: a program on it lists its kernels, so that they can be compiled beforehand, and runs nothing.</summary>
    /// <param name="architecture">What the kernels will run on.</param>
    /// <param name="precision">The type of weights and intermediate values; null for what the layer says, or else float16.</param>
    public static CudaDevice Planning(Architecture architecture, CudaPrecision? precision = null) =>
        new(0, null, precision) { PlannedFor = architecture };

    /// <summary>The GPUs of this machine, or what is missing to use one and where it was looked for. Throws nothing.</summary>
    public static CudaDevices Find() => CudaDevices.Find();

    /// <summary>
    /// What <see cref="Device.Auto"/> takes of this kind: the first GPU that runs generated kernels (sm_80 or newer), where there is NVRTC
    /// to compile them or kernels came with the program; or what is missing, and where it was looked for. Found out once a process.
    /// </summary>
    public static AutoCandidate Candidate() => CudaCandidate.Find();

    /// <exception cref="CudaException">There is no driver or no such device; the message says what is missing.</exception>
    public CudaContext Open() => PlannedFor is null
        ? CudaContext.Open(Driver ?? NativeDriver.Open(), Ordinal)
        : throw new CudaException($"'{this}' is no device that can run anything: load the model for Device.Cuda()");

    internal override Device In(LayerPrecision precision)
    {
        if (named is null)
        {
            return CudaPrecisions.For(precision) is { } said
                ? new CudaDevice(Ordinal, Driver, said) { Cache = Cache, PlannedFor = PlannedFor }
                : this;
        }
        if (Precision != CudaPrecision.Float32 && precision.FirstIn(KernelForge.Precision.Float32) is { } weights)
        {
            throw new NotSupportedException(
                $"'{weights}' is to be multiplied in Float32, as its [Precision] says, and '{this}' computes all in {Precision}: a CUDA program has one " +
                "precision. Use CudaPrecision.Float32, or name none.");
        }
        return this;
    }

    internal override string Precisions(LayerPrecision precision) => Precision.ToString();

    public override string ToString() => PlannedFor is { } architecture
        ? $"a plan for {architecture}, {Precision}"
        : $"{(Driver is null ? $"cuda {Ordinal}" : $"{Driver.Description}, device {Ordinal}")}, {Precision}";
}

/// <summary>Makes <see cref="CudaDevice"/> a device like those of <see cref="Device"/>.</summary>
public static class CudaDeviceExtensions
{
    extension(Device)
    {
        /// <summary>A GPU of this machine; see <see cref="CudaDevice.Find"/> for what there is.</summary>
        /// <param name="ordinal">By the driver's order, from 0.</param>
        /// <param name="precision">The type of weights and intermediate values; null for what the layer says, or else float16.</param>
        /// <exception cref="ArgumentOutOfRangeException">The number is negative, or there is no such precision.</exception>
        public static Device Cuda(int ordinal = 0, CudaPrecision? precision = null) => CudaDevice.Number(ordinal, precision);
    }
}
