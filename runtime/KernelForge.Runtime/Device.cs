using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Cpu.Dots;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime;

/// <summary>
/// Where a model runs. A device only says what is wanted: nothing is started or allocated before a model is loaded for it.
/// </summary>
public abstract record Device
{
    /// <summary>The description itself, run as the C# it is: in doubles, slow, and what every other device is compared with.</summary>
    public static Device Reference { get; } = new ReferenceDevice();

    /// <summary>
    /// The first device that the layer has code for and this machine can run: a CUDA device before the CPU. Which one that was, the loaded
    /// layer says by its <c>Device</c>.
    /// </summary>
    public static Device Auto { get; } = new AutoDevice();

    /// <summary>
    /// Whether programs on it run nothing and have no weights, but say what they would run: see <see cref="ICompiledLayer.Plan"/>.
    /// </summary>
    public virtual bool OnlyPlans => false;

    /// <summary>The device for a layer: in the precision that it says, where the device names none.</summary>
    /// <exception cref="NotSupportedException">The device names one that the layer's weights do not allow it.</exception>
    internal virtual Device In(LayerPrecision precision) => this;

    /// <summary>In which numbers a layer's rows are multiplied with weights, in words.</summary>
    internal virtual string Precisions(LayerPrecision precision) => "Float64";

    /// <summary>The generated, vectorised code on this machine's cores.</summary>
    /// <param name="threads">Threads to run on; 0 for one a core.</param>
    /// <param name="vectorBits">128, 256 or 512; 0 for the widest that the machine has.</param>
    /// <param name="precision">In which numbers rows are multiplied with weights; null for what the layer says, or else float32.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number of threads, no such width, or no such precision.</exception>
    public static Device Cpu(int threads = 0, int vectorBits = 0, CpuPrecision? precision = null) =>
        new CpuDevice(threads, vectorBits, precision);
}

/// <summary>See <see cref="Device.Reference"/>.</summary>
public sealed record ReferenceDevice : Device
{
    public override string ToString() => "reference";
}

/// <summary>See <see cref="Device.Auto"/>.</summary>
public sealed record AutoDevice : Device
{
    public override string ToString() => "auto";
}

/// <summary>See <see cref="Device.Cpu"/>.</summary>
public sealed record CpuDevice : Device
{
    /// <summary>The environment variable that names a folder for <see cref="WeightCache"/>.</summary>
    public const string WeightCacheVariable = "KERNELFORGE_WEIGHT_CACHE";

    private readonly CpuPrecision? named;

    /// <inheritdoc cref="Device.Cpu"/>
    public CpuDevice(int threads, int vectorBits, CpuPrecision? precision = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (vectorBits is not (0 or 128 or 256 or 512))
            throw new ArgumentOutOfRangeException(nameof(vectorBits), vectorBits, "a vector has 128, 256 or 512 bits; 0 means the widest");
        if (precision is { } one && !Enum.IsDefined(one)) throw new ArgumentOutOfRangeException(nameof(precision), precision, "no such precision");
        Threads = threads;
        VectorBits = vectorBits;
        named = precision;
    }

    /// <summary>Threads to run on; 0 for one a core.</summary>
    public int Threads { get; }

    /// <summary>128, 256 or 512; 0 for the widest that the machine has.</summary>
    public int VectorBits { get; }

    /// <summary>
    /// In which numbers rows are multiplied with weights, where a layer does not pin them: see <see cref="PrecisionAttribute"/>. Of a device that
    /// names none, float32 until a layer is loaded that says otherwise; the loaded layer's device has it.
    /// </summary>
    public CpuPrecision Precision => named ?? CpuPrecision.Float32;

    /// <summary>
    /// A folder of this user in which weights are kept as they are laid out for a program, so that the next process that loads the same
    /// files reads them as they are; null for none, which is so unless <c>KERNELFORGE_WEIGHT_CACHE</c> names one. A file there is as large as
    /// the weights are in their precision, and never removed. Files of a checkpoint are known by path, length and time of change; weights in
    /// memory are not kept.
    /// </summary>
    public string? WeightCache { get; init; } =
        Environment.GetEnvironmentVariable(WeightCacheVariable) is { Length: > 0 } folder ? folder : null;

    /// <summary>
    /// The instructions that <see cref="Precision"/> is multiplied with on this machine, and why it is these. Asked for the first time, they
    /// are tried and measured: some milliseconds.
    /// </summary>
    public string Instructions => Precision == CpuPrecision.Float32 ? $"vectors of {VectorWidth.Resolve(VectorBits)} bits" : (VectorWidth.Resolve(VectorBits) switch
    {
        512 => DotTiles.For<Float512>(Precision),
        256 => DotTiles.For<Float256>(Precision),
        _ => DotTiles.For<Float128>(Precision),
    }).Explanation;

    /// <summary>What <see cref="Device.Auto"/> takes of this kind: all cores, with the widest vectors. Every machine has it.</summary>
    public static AutoCandidate Candidate() => AutoCandidate.Usable(new CpuDevice(0, 0));

    internal override Device In(LayerPrecision precision) =>
        named is null && precision.OfLayer is { } said ? new CpuDevice(Threads, VectorBits, said.OnCpu) { WeightCache = WeightCache } : this;

    internal override string Precisions(LayerPrecision precision) => precision.Beside(Precision.ToString());

    public override string ToString() =>
        $"cpu ({(Threads == 0 ? "all cores" : $"{Threads} threads")}, {(VectorBits == 0 ? "widest" : $"{VectorBits}-bit")} vectors{(Precision == CpuPrecision.Float32 ? "" : $", {Precision}")})";
}
