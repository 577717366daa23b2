using System.Text.Json.Nodes;

namespace KernelForge.Benchmarks.Publishing;

/// <summary>One contender on one task, all rounds together.</summary>
/// <param name="line">As the result has it.</param>
/// <param name="task">The field that names the task.</param>
internal sealed class Measurement(JsonObject line, string task)
{
    private const string Own = "kernelforge";

    public string Peer { get; } = (string)line["peer"]!;

    public string Variant { get; } = (string)line["variant"]!;

    public string Numbers { get; } = (string)line["numbers"]!;

    /// <summary>The workload, or the texts.</summary>
    public string On { get; } = (string)line[task]!;

    public double BestMilliseconds { get; } = (double)line["best_ms"]!;

    /// <summary>As ratios name it.</summary>
    public string Name => $"{Peer} {Variant}";

    public bool IsOwn => Peer == Own;

    /// <summary>Who, in which numbers: contenders that differ only in their way have it in common.</summary>
    public string Contender => Peer.Split('-', 2) switch
    {
        [Own] => $"KernelForge {Numbers}",
        ["ort", var version] => $"ONNX Runtime {version} {Numbers}",
        ["torch", var version] => $"libtorch {version} {Numbers}",
        _ => $"{Peer} {Numbers}",
    };

    /// <summary>How it runs sequences of different lengths, in words.</summary>
    public string Way
    {
        get
        {
            if (IsOwn) return "packed";
            string way = Variant.StartsWith(Numbers + "-", StringComparison.Ordinal) ? Variant[(Numbers.Length + 1)..] : Variant;
            return way switch
            {
                "loop" => "one by one",
                "sdpa" => "padded",
                "fastpath" => "padded, fast path",
                "nested" => "nested tensors",
                _ => way.Replace("buckets", "buckets of ", StringComparison.Ordinal),
            };
        }
    }

    public double Number(string field) => (double)line[field]!;

    public string Text(string field, string format = "0") => Table.Number(Number(field), format);
}
