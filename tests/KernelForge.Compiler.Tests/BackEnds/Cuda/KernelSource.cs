using System.Text.RegularExpressions;
using KernelForge.TestData;

namespace KernelForge.Compiler.Tests.BackEnds.Cuda;

/// <summary>The device library's files and the anchor kernels of the benchmarks, as NVRTC gets them.</summary>
internal static partial class KernelSource
{
    public static string DeviceFolder { get; } =
        Path.Combine(Data.RepositoryRoot, "src", "KernelForge.Compiler", "BackEnds", "Cuda", "Device");

    public static string AnchorFolder { get; } = Path.Combine(Data.RepositoryRoot, "tests", "Benchmarks", "Cuda");

    /// <summary>In the order in which they may be put in front of a kernel.</summary>
    public static IReadOnlyList<string> DeviceFiles { get; } =
    [
        "types", "views", "kept", "math", "reduce", "mma", "async", "gemm", "wgmma", "interval", "attention_rows", "attention_score",
        "attention_mma", "attention_fma", "attention", "attention_parts", "attention_merge", "attention_decode",
        "row", "segment", "element", "scan", "scan_chunks", "order", "bank",
    ];

    public static string Device(params IEnumerable<string> names) =>
        string.Concat(names.Select(name => File.ReadAllText(Path.Combine(DeviceFolder, name + ".cuh")) + "\n"));

    /// <summary>An anchor behind what its first lines name: <c>// device:</c> files of the library, <c>// beside:</c> neighbours.</summary>
    public static string Anchor(string file)
    {
        string kernel = File.ReadAllText(Path.Combine(AnchorFolder, file));
        string[] neighbours = [.. Named(kernel, "beside").Select(name => File.ReadAllText(Path.Combine(AnchorFolder, name + ".cuh")))];
        return Device(Named(kernel, "device")) + string.Join('\n', [.. neighbours, kernel]);
    }

    private static string[] Named(string kernel, string key) =>
        FirstLines().Matches(kernel).FirstOrDefault(line => line.Groups[1].Value == key)?.Groups[2].Value.Split(' ') ?? [];

    [GeneratedRegex("^// (device|beside): (.*)$", RegexOptions.Multiline)]
    private static partial Regex FirstLines();
}
