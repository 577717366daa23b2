using System.CommandLine;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Model;
using KernelForge.Benchmarks.Peers;
using KernelForge.Benchmarks.Sentences;
using KernelForge.Benchmarks.Workloads;

namespace KernelForge.Benchmarks;

/// <summary>KernelForge in each of its precisions, ONNX Runtime and libtorch, in turn: what <c>docs/benchmarks.md</c> is made of.</summary>
internal static class CompareCommand
{
    private const int FewestSentences = 20;

    private static readonly Option<int> rounds = new("--rounds")
    {
        Description = "How often each contender has its turn.",
        DefaultValueFactory = _ => 3,
    };
    private static readonly Option<string[]> precisions = new("--precision")
    {
        Description = "In which numbers KernelForge multiplies rows with weights.",
        DefaultValueFactory = _ => [.. ComparedPrecision.All.Select(p => p.Name)],
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<int> sentences = new("--sentences")
    {
        Description = "How many short texts are encoded by all-MiniLM-L6-v2, and a fifth as many long ones; 0 for none.",
        DefaultValueFactory = _ => 1000,
    };
    /// <summary>A model whose vectors of texts are measured.</summary>
    public static readonly Option<string> Model = new("--model")
    {
        Description = "The folder of all-MiniLM-L6-v2; if not said, that of the reference data (KERNELFORGE_TESTDATA, else ../shared).",
        DefaultValueFactory = _ =>
            Path.Combine(Environment.GetEnvironmentVariable("KERNELFORGE_TESTDATA") ?? "../shared", "models/all-MiniLM-L6-v2"),
    };
    private static readonly Option<string> peers = new("--peers")
    {
        Description = "The folder of prepared peers; ONNX Runtime's models are written there.",
        DefaultValueFactory = _ => Path.GetFullPath("../../../peers", AppContext.BaseDirectory),
    };

    /// <param name="threads">Of every contender.</param>
    /// <param name="bits">Of KernelForge's vectors.</param>
    /// <param name="names">The workloads.</param>
    /// <param name="output">Where the results go.</param>
    /// <param name="reporting">Runs what measures, and writes what it reports.</param>
    public static Command Create(
        Option<int> threads, Option<int> bits, Option<string[]> names, Option<string?> output, Action<ParseResult, Action<Report>> reporting)
    {
        precisions.AcceptOnlyFromAmong([.. ComparedPrecision.All.Select(p => p.Name)]);
        sentences.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var count && count != 0 && count < FewestSentences)
                result.AddError($"--sentences is {count}: 0, or at least {FewestSentences}, so that each has neighbours to find");
        });
        var command = new Command("compare", "KernelForge, ONNX Runtime and libtorch in the same minutes, each in all its ways.")
        {
            threads, bits, names, output, rounds, precisions, sentences, Model, peers,
        };
        command.SetAction(parsed => reporting(parsed, report =>
        {
            int count = parsed.GetValue(threads), width = parsed.GetValue(bits), turns = parsed.GetValue(rounds);
            string folder = parsed.GetValue(peers)!, checkpoint = Path.GetFullPath(parsed.GetValue(Model)!);
            string models = Directory.CreateDirectory(Path.Combine(folder, "onnx")).FullName;
            Workload[] workloads = [.. Workload.All.Where(w => parsed.GetValue(names)!.Contains(w.Name))];
            ComparedPrecision[] chosen = [.. ComparedPrecision.All.Where(p => parsed.GetValue(precisions)!.Contains(p.Name))];
            report.Add(new() { ["command"] = "./bench.sh " + string.Join(' ', parsed.Tokens.Select(t => t.Value)) });

            IReadOnlyList<Contender> own = [.. chosen.Select(p => Self.Running("run", width, p))];
            IReadOnlyList<Contender> others =
            [
                .. OnnxRuntime.Ways(models, workloads, out string? missingRunner), .. Torch.Ways(folder, out string? missingTorch),
            ];
            foreach (string missing in new[] { missingRunner, missingTorch }.OfType<string>()) report.Add(new() { ["missing"] = missing });
            new Comparison(report, own, others, count).Run(workloads, turns);
            int texts = parsed.GetValue(sentences);
            if (texts > 0) new SentenceComparison(report, models, count, width, checkpoint).Run(chosen, texts, turns);
        }));
        return command;
    }
}
