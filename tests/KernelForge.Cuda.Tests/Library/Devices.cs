using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Library.Tests;

/// <summary>
/// The emulated GPU for the library's tests: in each precision under several seeds where minutes are wanted, else once in each on shorter sequences.
/// </summary>
internal static class Devices
{
    public static TheoryData<string> Compiled => LongRun.Wanted
        ? [.. from precision in (string[])["float32", "float16", "bfloat16"] from seed in Enumerable.Range(3, 3) select $"{precision}-{seed}"]
        : ["float32-3", "float16-4", "bfloat16-5"];

    public static int[] Lengths => LongRun.Wanted ? [5, 0, 1, 37, 16, 2, 90] : [5, 0, 1, 19];

    /// <summary>Those on which layers go on with sequences.</summary>
    public static TheoryData<string> OfSteps => Compiled;

    /// <summary>More than a block of the cache, and sequences within one.</summary>
    public static int[] LengthsOfSteps => LongRun.Wanted ? [5, 1, 37, 70, 33, 2] : [5, 70, 1];

    public static Device Of(string name) => Models.Tests.Devices.Of(name);

    public static double Tolerance(string name, Func<double> referenceAgain) => Models.Tests.Devices.Tolerance(name, referenceAgain);
}
