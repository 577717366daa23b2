using KernelForge.Emulation;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda.Tests;
using KernelForge.TestData;

namespace KernelForge.Families.Papers;

/// <summary>The devices that every paper runs on.</summary>
internal static class Devices
{
    public static IReadOnlyList<string> All { get; } = ["reference", "cpu-512", "cpu-256", "cpu-128", "emulated"];

    public static IReadOnlyList<string> Compiled => [.. All.Where(device => device != "reference")];

    public static Device Of(string name)
    {
        if (name == "emulated") _ = NativeCode.Compiler;
        return name switch
        {
            "reference" => Device.Reference,
            "cpu-512" => Device.Cpu(threads: 2, vectorBits: 512),
            "cpu-256" => Device.Cpu(threads: 1, vectorBits: 256),
            "cpu-128" => Device.Cpu(threads: 2, vectorBits: 128),
            "emulated" => Device.Emulated(seed: 3),
            _ => throw new ArgumentException(name),
        };
    }

    /// <summary>The cases that a device runs in an ordinary run: the emulated GPU takes the shorter ones.</summary>
    public static IReadOnlyList<GoldenCase> CasesOf(Golden golden, string device) =>
        [.. golden.Cases.Where(c => device != "emulated" || LongRun.Wanted || c.Lengths!.Max() <= 33)];

    /// <summary>How far a value may be from the expected one.</summary>
    public static double Tolerance(string device, Golden golden, string output) =>
        device == "reference" ? Math.Max(1e-5, golden.ToleranceOf(output)) : golden.ToleranceOf(output);
}
