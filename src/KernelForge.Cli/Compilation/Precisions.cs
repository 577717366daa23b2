using System.CommandLine;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Cli.Compilation;

/// <summary>Names of precisions and architectures on the command line.</summary>
internal static class Precisions
{
    private static readonly (string Name, CudaPrecision Precision)[] All =
    [
        ("f16", CudaPrecision.Float16), ("bf16", CudaPrecision.BFloat16),
        ("tf32", CudaPrecision.TensorFloat32), ("f32", CudaPrecision.Float32),
    ];

    private static readonly (string Name, CpuPrecision Precision)[] OfCpu =
        [("f32", CpuPrecision.Float32), ("bf16", CpuPrecision.BFloat16), ("int8", CpuPrecision.Int8)];

    /// <param name="what">What has the type.</param>
    public static Option<string?> Option(string what)
    {
        var option = new Option<string?>("--precision")
        {
            HelpName = "f16|bf16|tf32|f32",
            Description = $"{what}; unless it is named, what the layer says by [Precision], or f16.",
        };
        option.AcceptOnlyFromAmong([.. All.Select(p => p.Name)]);
        return option;
    }

    /// <summary>That of a CUDA device; null where none is named.</summary>
    /// <exception cref="InputException">It is no name of one.</exception>
    public static CudaPrecision? ParseForCuda(string? name) => Named(All, name, "cuda");

    /// <summary>That of the CPU; null where none is named.</summary>
    /// <exception cref="InputException">It is no name of one.</exception>
    public static CpuPrecision? ParseForCpu(string? name) => Named(OfCpu, name, "the CPU");

    private static T? Named<T>((string Name, T Precision)[] known, string? name, string device)
        where T : struct
    {
        if (name is null) return null;
        int found = Array.FindIndex(known, k => k.Name == name);
        return found >= 0 ? known[found].Precision : throw new InputException(
            $"--precision on {device} is {string.Join(", ", known.Select(k => k.Name))}, not {name}");
    }

    /// <exception cref="InputException">It is no name of an architecture.</exception>
    public static Architecture ParseArchitecture(string name)
    {
        try
        {
            return Architecture.Parse(name);
        }
        catch (FormatException e)
        {
            throw new InputException(e.Message);
        }
    }
}
