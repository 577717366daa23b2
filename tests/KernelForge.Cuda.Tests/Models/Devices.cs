using System.Collections.Concurrent;
using KernelForge.Cuda.Tests;
using KernelForge.Emulation.Driver;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Tests;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>The emulated GPU in each precision, each under another seed: the devices on which this project runs the CPU's cases.</summary>
internal static class Devices
{
    public const int Rounds = 3, Threads = 2, Runs = 6;

    private static readonly ConcurrentDictionary<(string Family, int Bits), Lazy<double>> yardsticks = new();

    public static TheoryData<string> Compiled => ["float32-0", "float16-1", "bfloat16-2"];

    public static TheoryData<string> All => Compiled;

    /// <summary>The devices of further families, and the longest sequence that they run: in an ordinary run what takes seconds.</summary>
    public static TheoryData<string> OfMoreFamilies => LongRun.Wanted ? All : ["float32-0"];

    public static int LongestOfMoreFamilies => LongRun.Wanted ? int.MaxValue : 33;

    /// <summary>How many cases of a family run by themselves, too, the shortest first; another test runs BERT's.</summary>
    public static int MostAlone => LongRun.Wanted ? int.MaxValue : 0;

    public static int MostAloneOfMoreFamilies => LongRun.Wanted ? int.MaxValue : 2;

    public static Device Of(string name) => Of(name, 0);

    public static Device DividedOtherwise(string name) => Of(name, 1);

    /// <summary>A multiple of the error that the reference run has when it rounds as the device does; in float32 the CPU's tolerance.</summary>
    public static double Tolerance(string name, Golden golden) => Precision(name) == CudaPrecision.Float32
        ? golden.Tolerance
        : Rounding.Factor * Yardstick(golden, Rounding.SignificantBits(Precision(name)));

    /// <summary>The same for a head. The function tells how far the model's result on a device is from the expected one.</summary>
    public static double Tolerance(string name, Golden golden, Func<Device, double> distance) => Precision(name) == CudaPrecision.Float32
        ? golden.Tolerance
        : Rounding.Factor * Rounding.To(Rounding.SignificantBits(Precision(name)), () => distance(Device.Reference));

    /// <summary>The same for layers that have no expected values but the reference run's.</summary>
    public static double Tolerance(string name, Func<double> referenceAgain) => Precision(name) == CudaPrecision.Float32
        ? 5e-5
        : Rounding.Factor * Rounding.To(Rounding.SignificantBits(Precision(name)), referenceAgain);

    /// <summary>How far a family's reference run is from its expected values when it rounds to so many significant bits.</summary>
    public static double Yardstick(Golden golden, int bits) =>
        yardsticks.GetOrAdd((golden.Family, bits), _ => new(() => Rounding.To(bits, () =>
        {
            using Encoder encoder = Encoders.Load(golden.Folder, Device.Reference);
            RaggedMatrix output = encoder.Of(golden.Ids, golden.Types);
            return golden.Cases.Max(c => Golden.LargestDifference(c.Output, output.Sequence(c.Index)));
        }))).Value;

    public static CudaPrecision Precision(string name) =>
        Enum.Parse<CudaPrecision>(name[..name.IndexOf('-', StringComparison.Ordinal)], ignoreCase: true);

    private static CudaDevice Of(string name, int further)
    {
        _ = NativeCode.Compiler;
        int seed = int.Parse(name[(name.IndexOf('-', StringComparison.Ordinal) + 1)..]) + further;
        return CudaDevice.On(new EmulatedDriver(null, seed), 0, Precision(name));
    }
}
