using System.CommandLine;
using System.Globalization;
using KernelForge.Benchmarks.Decode;
using KernelForge.Benchmarks.Kernels;
using KernelForge.Benchmarks.Masks;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Model;
using KernelForge.Benchmarks.Peers;
using KernelForge.Benchmarks.Recurrences;
using KernelForge.Benchmarks.Texts;
using KernelForge.Benchmarks.Workloads;

namespace KernelForge.Benchmarks;

/// <summary>No command: the model against its peers. <c>kernels</c>: the kernels alone. <c>masks</c>: what masks save. <c>decode</c>: one new row a sequence. <c>scan</c>: long recurrences. <c>text</c>: tokenizers. <c>run</c>: one workload, one line.</summary>
internal static class CommandLine
{
    private static readonly Option<int> threads = new("--threads")
    {
        Description = "Threads of every contender.",
        DefaultValueFactory = _ => 2,
    };
    private static readonly Option<int> bits = new("--vector-bits") { Description = "128, 256 or 512; 0 for the widest." };
    private static readonly Option<string> precision = new("--precision")
    {
        Description = "In which numbers KernelForge multiplies rows with weights. ONNX Runtime does it in int8 for int8, else in fp32.",
        DefaultValueFactory = _ => ComparedPrecision.Float32.Name,
    };
    private static readonly Option<int> rounds = new("--rounds")
    {
        Description = "How often each contender has its turn.",
        DefaultValueFactory = _ => 3,
    };
    private static readonly Option<string[]> names = new("--workloads")
    {
        Description = "What to measure.",
        DefaultValueFactory = _ => Everything,
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<string?> output = new("--output") { Description = "Write the results to this file too, as a JSON array." };
    private static readonly Option<string> peer = new("--peer")
    {
        Description = "The prepared program that runs ONNX Runtime.",
        DefaultValueFactory = _ => Path.GetFullPath("../../../peers/ort-cs", AppContext.BaseDirectory),
    };

    private static string[] Everything => [.. Workload.All.Select(w => w.Name)];

    public static int Run(string[] arguments)
    {
        names.AcceptOnlyFromAmong(Everything);
        precision.AcceptOnlyFromAmong([.. ComparedPrecision.All.Select(p => p.Name)]);
        var root = new RootCommand("Measures KernelForge on the CPU, and ONNX Runtime in the same minutes.")
        {
            threads, bits, precision, rounds, names, output, peer, Kernels(), Masks(), Decoding(), Scans(), Tokenizing(), OneRun(),
        };
        root.SetAction(parsed => Reporting(parsed, report =>
        {
            IReadOnlyList<Workload> workloads = Workloads(parsed);
            ComparedPrecision chosen = ComparedPrecision.Named(parsed.GetValue(precision)!);
            IReadOnlyList<Contender> peers = OnnxRuntime.Find(parsed.GetValue(peer)!, chosen, workloads, out string? missing);
            if (missing is not null) report.Add(new() { ["missing"] = missing });
            int width = parsed.GetValue(bits);
            if (chosen != ComparedPrecision.Float32) peers = [Self(width, ComparedPrecision.Float32), .. peers];
            new Comparison(report, Self(width, chosen), peers, chosen.Agreement, parsed.GetValue(threads)).Run(workloads, parsed.GetValue(rounds));
        }));
        return root.Parse(arguments).Invoke();
    }

    private static Command Kernels()
    {
        var command = new Command("kernels", "The product and attention kernels alone, at the shapes of one layer.")
        {
            threads, bits, names, output,
        };
        command.SetAction(parsed => Reporting(parsed, report =>
            KernelBenchmark.Run(report, Workloads(parsed), parsed.GetValue(threads), parsed.GetValue(bits))));
        return command;
    }

    private static Command Masks()
    {
        var command = new Command("masks", "One long sequence under full, sliding-window and chunked attention: what is left out costs nothing.")
        {
            threads, bits, output,
        };
        command.SetAction(parsed => Reporting(parsed, report => MaskBenchmark.Run(report, parsed.GetValue(threads), parsed.GetValue(bits))));
        return command;
    }

    private static Command Decoding()
    {
        var command = new Command("decode", "One new row a sequence over kept keys and values, attention alone and all layers: bytes a second, beside the memory's.")
        {
            threads, bits, output,
        };
        command.SetAction(parsed => Reporting(parsed, report =>
        {
            DecodeBenchmark.Run(report, parsed.GetValue(threads), parsed.GetValue(bits));
            ModelDecoding.Run(report, parsed.GetValue(threads), parsed.GetValue(bits));
        }));
        return command;
    }

    private static Command Scans()
    {
        var command = new Command("scan", "Recurrences over one long sequence and over the same rows as short ones: microseconds a row.")
        {
            threads, bits, output,
        };
        command.SetAction(parsed => Reporting(parsed, report => ScanBenchmark.Run(report, parsed.GetValue(threads), parsed.GetValue(bits))));
        return command;
    }

    private static Command Tokenizing()
    {
        var texts = new Option<string?>("--texts")
        {
            Description = "A file with a text a line; else descriptions of installed packages, and summaries of the .NET library.",
        };
        var command = new Command("text", "Tokenizers on one thread, characters a second; and the tokenizer's share of a sentence encoder's time.")
        {
            threads, bits, output, texts,
        };
        command.SetAction(parsed => Reporting(parsed, report =>
        {
            Corpus?[] found = parsed.GetValue(texts) is { } path
                ? [Corpus.Lines(path)] : [Corpus.PackageDescriptions(), Corpus.ApiSummaries()];
            Corpus[] corpora = [.. found.OfType<Corpus>()];
            if (corpora.Length == 0)
                throw new InvalidOperationException("no package descriptions and no API summaries here: name a file of texts with --texts");
            TokenizerBenchmark.Run(report, corpora);
            EncoderShare.Run(report, corpora[^1], parsed.GetValue(threads), parsed.GetValue(bits));
        }));
        return command;
    }

    /// <summary>What <see cref="Contender"/> calls; also the way to look at one workload with a profiler.</summary>
    private static Command OneRun()
    {
        var workload = new Argument<string>("workload");
        workload.AcceptOnlyFromAmong(Everything);
        var count = new Argument<int>("threads");
        var layers = new Argument<int>("layers");
        var repetitions = new Argument<int>("repetitions");
        var command = new Command("run", "One workload in this process, one line of JSON.") { workload, count, layers, repetitions, bits, precision };
        command.SetAction(parsed =>
        {
            Workload chosen = Workload.All.Single(w => w.Name == parsed.GetValue(workload));
            new Report().Add(ModelRun.Run(
                chosen, parsed.GetValue(count), parsed.GetValue(layers), parsed.GetValue(repetitions), parsed.GetValue(bits),
                ComparedPrecision.Named(parsed.GetValue(precision)!)));
        });
        return command;
    }

    private static void Reporting(ParseResult parsed, Action<Report> measure)
    {
        var report = new Report();
        report.Add(Machine.Describe());
        measure(report);
        if (parsed.GetValue(output) is { } path) report.WriteTo(path);
    }

    private static List<Workload> Workloads(ParseResult parsed) => [.. Workload.All.Where(w => parsed.GetValue(names)!.Contains(w.Name))];

    private static Contender Self(int vectorBits, ComparedPrecision precision)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "KernelForge.Benchmarks.dll");
        string width = vectorBits.ToString(CultureInfo.InvariantCulture);
        return new("kernelforge", AppContext.BaseDirectory, ["dotnet", program, "run", "--vector-bits", width, "--precision", precision.Name], SplitsBatches: false);
    }
}
