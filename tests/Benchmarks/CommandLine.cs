using System.CommandLine;
using KernelForge.Benchmarks.Decode;
using KernelForge.Benchmarks.Kernels;
using KernelForge.Benchmarks.Loading;
using KernelForge.Benchmarks.Masks;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Model;
using KernelForge.Benchmarks.Recurrences;
using KernelForge.Benchmarks.Sentences;
using KernelForge.Benchmarks.Texts;
using KernelForge.Benchmarks.Workloads;

namespace KernelForge.Benchmarks;

/// <summary>
/// <c>compare</c>: models against their peers. <c>publish</c>: a page of what that found. <c>kernels</c>, <c>masks</c>, <c>decode</c>,
/// <c>scan</c>, <c>text</c>, <c>load</c>: one thing alone. <c>run</c>, <c>sentences</c>, <c>loaded</c>: one line.
/// </summary>
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
        Description = "In which numbers rows are multiplied with weights.",
        DefaultValueFactory = _ => ComparedPrecision.Float32.Name,
    };
    private static readonly Option<string[]> names = new("--workloads")
    {
        Description = "What to measure.",
        DefaultValueFactory = _ => Everything,
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<string?> output = new("--output") { Description = "Write the results to this file too, as a JSON array." };

    private static string[] Everything => [.. Workload.All.Select(w => w.Name)];

    public static int Run(string[] arguments)
    {
        names.AcceptOnlyFromAmong(Everything);
        precision.AcceptOnlyFromAmong([.. ComparedPrecision.All.Select(p => p.Name)]);
        var root = new RootCommand("Measures KernelForge on the CPU, alone and beside others in the same minutes.")
        {
            CompareCommand.Create(threads, bits, names, output, Reporting), PublishCommand.Create(), Kernels(), Masks(), Decoding(), Scans(),
            Tokenizing(), LoadCommand.Create(output, Reporting), OneRun(), OneSentenceRun(), LoadCommand.CreateOne(precision),
        };
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

    /// <summary>What <c>compare</c> calls; also the way to look at one workload with a profiler.</summary>
    private static Command OneRun()
    {
        var workload = new Argument<string>("workload");
        workload.AcceptOnlyFromAmong(Everything);
        var count = new Argument<int>("threads");
        var layers = new Argument<int>("layers");
        var repetitions = new Argument<int>("repetitions");
        var command = new Command("run", "One workload in this process, one line of JSON.")
        {
            workload, count, layers, repetitions, bits, precision,
        };
        command.SetAction(parsed =>
        {
            Workload chosen = Workload.All.Single(w => w.Name == parsed.GetValue(workload));
            new Report().Add(ModelRun.Run(
                chosen, parsed.GetValue(count), parsed.GetValue(layers), parsed.GetValue(repetitions), parsed.GetValue(bits),
                ComparedPrecision.Named(parsed.GetValue(precision)!)));
        });
        return command;
    }

    /// <summary>The same for texts.</summary>
    private static Command OneSentenceRun()
    {
        var model = new Argument<string>("model") { Description = "A folder that sentence-transformers saved." };
        var texts = new Argument<string>("texts") { Description = "A file with a JSON array of strings." };
        var count = new Argument<int>("threads");
        var repetitions = new Argument<int>("repetitions");
        var command = new Command("sentences", "Vectors of texts in this process, one line of JSON.")
        {
            model, texts, count, repetitions, bits, precision,
        };
        command.SetAction(parsed => new Report().Add(SentenceRun.Run(
            parsed.GetValue(model)!, parsed.GetValue(texts)!, parsed.GetValue(count), parsed.GetValue(repetitions), parsed.GetValue(bits),
            ComparedPrecision.Named(parsed.GetValue(precision)!))));
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
}
