using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>The devices that every case runs on. Each width is tested on any machine: what it lacks is computed by the runtime's own fallback.</summary>
internal static class Devices
{
    public static Device Of(string name) => name switch
    {
        "reference" => Device.Reference,
        "cpu-512" => Device.Cpu(threads: 2, vectorBits: 512),
        "cpu-256" => Device.Cpu(threads: 2, vectorBits: 256),
        "cpu-128" => Device.Cpu(threads: 3, vectorBits: 128),
        _ => throw new ArgumentException(name),
    };

    /// <summary>The same device, dividing its work in another way.</summary>
    public static Device DividedOtherwise(string name) => Device.Cpu(threads: 1, ((CpuDevice)Of(name)).VectorBits);

    /// <summary>How far a result of a golden model may be from the expected one.</summary>
    public static double Tolerance(string name, Golden golden) => name == "reference" ? 1e-5 : golden.Tolerance;

    /// <summary>The same for a head. The function tells how far the model's result on a device is from the expected one.</summary>
    public static double Tolerance(string name, Golden golden, Func<Device, double> distance) => Tolerance(name, golden);

    /// <summary>
    /// How far a result may be from the reference run's, relative to 1 + its size. The function runs the reference again and tells how far
    /// that is: 0, but where a device rounds more than a float, and the reference is made to round as well.
    /// </summary>
    public static double Tolerance(string name, Func<double> referenceAgain) => 5e-5;

    /// <summary>How often a test with random batches draws.</summary>
    public const int Rounds = 12;

    /// <summary>Runs at once, and how many in all.</summary>
    public const int Threads = 6, Runs = 64;

    public static TheoryData<string> Compiled => ["cpu-512", "cpu-256", "cpu-128"];

    /// <summary>The devices of further families, and the longest sequence that they run.</summary>
    public static TheoryData<string> OfMoreFamilies => All;

    public const int LongestOfMoreFamilies = int.MaxValue;

    /// <summary>How many cases of a family run by themselves, too, the shortest first.</summary>
    public const int MostAlone = int.MaxValue, MostAloneOfMoreFamilies = int.MaxValue;

    public static TheoryData<string> All => ["reference", "cpu-512", "cpu-256", "cpu-128"];
}
