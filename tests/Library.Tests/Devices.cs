using KernelForge.Runtime;

namespace KernelForge.Library.Tests;

/// <summary>The devices of this project: every width of the CPU. Others that run its tests have a class of this name.</summary>
internal static class Devices
{
    public static TheoryData<string> Compiled => ["cpu-512", "cpu-256", "cpu-128"];

    public static int[] Lengths => [5, 0, 1, 37, 16, 2, 90];

    /// <summary>Those on which layers go on with sequences.</summary>
    public static TheoryData<string> OfSteps => ["reference", .. Compiled.Select(d => d.Data)];

    public static int[] LengthsOfSteps => [5, 1, 37, 70, 33, 2];

    public static Device Of(string name) => name == "reference" ? Device.Reference
        : Device.Cpu(threads: 2, vectorBits: int.Parse(name.AsSpan(name.IndexOf('-', StringComparison.Ordinal) + 1)));

    /// <summary>How far a result may be from the reference run's, relative to 1 + its size.</summary>
    /// <param name="name">The device.</param>
    /// <param name="referenceAgain">Runs the reference again and tells how far that is: 0 here.</param>
    public static double Tolerance(string name, Func<double> referenceAgain) => 5e-6;
}
