using System.CommandLine;
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

    public static Option<string> Option(string description)
    {
        var option = new Option<string>("--precision")
        {
            HelpName = "f16|bf16|tf32|f32",
            Description = description,
            DefaultValueFactory = _ => All[0].Name,
        };
        option.AcceptOnlyFromAmong([.. All.Select(p => p.Name)]);
        return option;
    }

    public static CudaPrecision Parse(string name) => All.First(p => p.Name == name).Precision;

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
