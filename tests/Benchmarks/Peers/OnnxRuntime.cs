using System.Globalization;
using KernelForge.Benchmarks.Model;
using KernelForge.Benchmarks.Onnx;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime;

namespace KernelForge.Benchmarks.Peers;

/// <summary>
/// ONNX Runtime with its fused transformer operators, by <c>tests/OnnxRunner</c>: on padded batches, on one sequence at a time, and on
/// sequences sorted into buckets by length. Its models are written anew from the numbers that KernelForge runs on.
/// </summary>
internal static class OnnxRuntime
{
    private static readonly ComparedPrecision[] numbers = [ComparedPrecision.Float32, ComparedPrecision.Int8];

    /// <summary>The runner, built by <c>bench.sh</c> beside this program.</summary>
    public static string Runner { get; } =
        Path.GetFullPath("../../OnnxRunner/release/KernelForge.OnnxRunner.dll", AppContext.BaseDirectory);

    /// <summary>All ways over the workloads, or none where the runner is missing.</summary>
    /// <param name="models">Where its models are written.</param>
    /// <param name="workloads">What will be asked of it.</param>
    /// <param name="missing">Says what is missing; null where nothing is.</param>
    public static IReadOnlyList<Contender> Ways(string models, IReadOnlyList<Workload> workloads, out string? missing)
    {
        if ((missing = Missing()) is not null) return [];
        foreach (int layers in workloads.Select(w => w.Layers).Distinct())
        {
            byte[] weights = BertCheckpoint.Weights(layers);
            using ModelSource source = ModelSource.FromMemory(BertCheckpoint.Config(layers), weights, "BERT-base from a seed");
            foreach (ComparedPrecision precision in numbers)
            {
                string file = string.Create(CultureInfo.InvariantCulture, $"bert-{precision.Name}-l{layers}.onnx");
                BertGraph.WriteLayers(source, precision == ComparedPrecision.Int8, Path.Combine(models, file));
            }
        }
        return
        [
            .. from precision in numbers
               from mode in (string[])["padded", "loop", "buckets4"]
               select Way("encoder", models, precision, mode, splits: mode != "padded"),
        ];
    }

    /// <summary>All ways over texts, whose ids it reads from a file; there are enough of them for larger buckets.</summary>
    public static IReadOnlyList<Contender> TextWays(string models, string checkpoint, out string? missing)
    {
        if ((missing = Missing()) is not null) return [];
        using ModelSource source = ModelSource.Open(checkpoint);
        var ways = new List<Contender>();
        foreach (ComparedPrecision precision in numbers)
        {
            string model = Path.Combine(models, $"{Path.GetFileName(checkpoint)}-{precision.Name}.onnx");
            BertGraph.WriteSentences(source, precision == ComparedPrecision.Int8, model);
            foreach (string mode in (string[])["loop", "buckets8", "buckets32"])
                ways.Add(Way("sentences", model, precision, mode, splits: true));
        }
        return ways;
    }

    private static string? Missing() => File.Exists(Runner)
        ? null
        : $"ONNX Runtime was not measured: there is no '{Runner}' (bench.sh builds it of the package Microsoft.ML.OnnxRuntime)";

    private static Contender Way(string command, string models, ComparedPrecision precision, string mode, bool splits) =>
        new(
            $"ort {precision.Name}-{mode}", AppContext.BaseDirectory,
            ["dotnet", Runner, command, Path.GetFullPath(models), precision.Name, mode], precision, splits);
}
