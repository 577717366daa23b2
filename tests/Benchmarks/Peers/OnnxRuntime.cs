using System.Globalization;
using KernelForge.Benchmarks.Model;
using KernelForge.Benchmarks.Workloads;

namespace KernelForge.Benchmarks.Peers;

/// <summary>
/// ONNX Runtime with its fused transformer operators, on padded batches and on one sequence at a time: the prepared folder <c>ort-cs</c>.
/// </summary>
internal static class OnnxRuntime
{
    private const string Program = "bin/Release/net10.0/ort-cs.dll";

    /// <summary>Both ways, or none and what is missing.</summary>
    public static IReadOnlyList<Contender> Find(string folder, ComparedPrecision precision, IEnumerable<Workload> workloads, out string? missing)
    {
        IEnumerable<string> models = workloads.Select(w => w.Layers).Distinct()
            .Select(layers => string.Create(CultureInfo.InvariantCulture, $"models/bert_{precision.PeerVariant}_l{layers}.onnx"));
        string[] absent = [.. models.Prepend(Program).Where(file => !File.Exists(Path.Combine(folder, file)))];
        missing = absent.Length == 0
            ? null
            : $"ONNX Runtime was not measured: '{Path.GetFullPath(folder)}' lacks {string.Join(", ", absent)} (bench.sh prepares it)";
        return missing is not null ? [] : [Way("padded", splits: false), Way("loop", splits: true)];

        Contender Way(string mode, bool splits) =>
            new($"ort {precision.PeerVariant}-{mode}", folder, ["dotnet", Program, "run", precision.PeerVariant, mode], splits);
    }
}
