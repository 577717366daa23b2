using KernelForge.Emulation;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Tests;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>The emulated GPU in each precision, each under another seed: the devices on which this project runs the CPU's cases.</summary>
internal static class Devices
{
    public const int Rounds = 3, Threads = 2, Runs = 6;

    public static TheoryData<string> Compiled => ["float32-0", "float16-1", "bfloat16-2"];

    public static TheoryData<string> All => Compiled;

    public static Device Of(string name) => Of(name, 0);

    public static Device DividedOtherwise(string name) => Of(name, 1);

    public static double Tolerance(string name, Golden golden) => Precision(name) == CudaPrecision.Float32 ? golden.Tolerance : 0.1;

    public static double Tolerance(string name) => Precision(name) == CudaPrecision.Float32 ? 5e-5 : 0.1;

    private static CudaDevice Of(string name, int further)
    {
        _ = NativeCode.Compiler;
        int seed = int.Parse(name[(name.IndexOf('-', StringComparison.Ordinal) + 1)..]) + further;
        return CudaDevice.On(new Emulation.Driver.EmulatedDriver(null, seed), 0, Precision(name));
    }

    private static CudaPrecision Precision(string name) =>
        Enum.Parse<CudaPrecision>(name[..name.IndexOf('-', StringComparison.Ordinal)], ignoreCase: true);
}
