using System.Globalization;
using KernelForge.Emulation;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

namespace SemanticSearch;

/// <summary>Where the model runs, as the command line names it.</summary>
/// <param name="Device">What the model is loaded for.</param>
/// <param name="IsNamed">Whether the command line names it; else the library chooses.</param>
/// <param name="IsEmulated">Whether it is an emulated GPU.</param>
internal sealed record SearchDevice(Device Device, bool IsNamed, bool IsEmulated)
{
    public const string Forms = "auto|cpu|cuda[:n]|emulated";

    /// <summary>Texts searched at most on an emulated GPU.</summary>
    public const int EmulatedTexts = 16;

    private static readonly (string Name, CudaPrecision Precision)[] precisions =
    [
        ("f16", CudaPrecision.Float16), ("bf16", CudaPrecision.BFloat16),
        ("tf32", CudaPrecision.TensorFloat32), ("f32", CudaPrecision.Float32),
    ];

    private static readonly (string Name, CpuPrecision Precision)[] cpuPrecisions =
        [("f32", CpuPrecision.Float32), ("bf16", CpuPrecision.BFloat16), ("int8", CpuPrecision.Int8)];

    public static IEnumerable<string> Precisions => precisions.Select(p => p.Name).Union(cpuPrecisions.Select(p => p.Name));

    /// <param name="name">One of <see cref="Forms"/>; null leaves the choice to the library.</param>
    /// <param name="precision">One of <see cref="Precisions"/>, null for f16 on a GPU and f32 on the CPU.</param>
    /// <param name="threads">Threads of the CPU; 0 leaves their number to the library.</param>
    /// <exception cref="FormatException">There is no such device, or it has no precision or threads to choose.</exception>
    public static SearchDevice Parse(string? name, string? precision, int threads)
    {
        string[] parts = name is null ? [threads > 0 ? "cpu" : "auto"] : name.Split(':');
        bool isGpu = parts[0] is "cuda" or "emulated";
        if (precision is not null && parts[0] == "auto") throw new FormatException("--precision is for a --device that is named: cpu, cuda or emulated");
        IEnumerable<string> known = isGpu ? precisions.Select(p => p.Name) : cpuPrecisions.Select(p => p.Name);
        if (precision is not null && !known.Contains(precision))
            throw new FormatException($"--precision on --device {parts[0]} is {string.Join(", ", known)}, not {precision}");
        if (threads > 0 && parts[0] != "cpu") throw new FormatException($"--threads is for --device cpu, not {name}");
        CudaPrecision type = precisions.FirstOrDefault(p => p.Name == precision, precisions[0]).Precision;
        Device device = parts switch
        {
            ["auto"] => Device.Auto,
            ["cpu"] => Device.Cpu(threads, precision: cpuPrecisions.FirstOrDefault(p => p.Name == precision, cpuPrecisions[0]).Precision),
            ["cuda"] => Device.Cuda(0, type),
            ["cuda", string number] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal) =>
                Device.Cuda(ordinal, type),
            ["emulated"] => Device.Emulated(precision: type),
            _ => throw new FormatException($"'{name}' is no device: write {Forms}, with the number of a GPU from 0"),
        };
        return new SearchDevice(device, name is not null, parts[0] == "emulated");
    }

    /// <summary>The kind of numbers that a device computes: vectors of two kinds differ, if little, and share no index.</summary>
    /// <param name="actual">The device that the model runs on.</param>
    public string NumbersOf(Device actual) => actual switch
    {
        CudaDevice cuda => $"{(IsEmulated ? "emulated" : "cuda")} {cuda.Precision}",
        CpuDevice { Precision: not CpuPrecision.Float32 and var precision } => $"cpu {precision}",
        _ => "cpu",
    };
}
