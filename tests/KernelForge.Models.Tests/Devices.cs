using KernelForge.Runtime;

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

    public static TheoryData<string> Compiled => ["cpu-512", "cpu-256", "cpu-128"];

    public static TheoryData<string> All => ["reference", "cpu-512", "cpu-256", "cpu-128"];
}
