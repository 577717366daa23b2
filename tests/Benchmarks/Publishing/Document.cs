using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Workloads;

namespace KernelForge.Benchmarks.Publishing;

/// <summary>A result as a page for people. The same result gives the same bytes.</summary>
internal static class Document
{
    /// <summary>What precedes the result's path on the page's first line.</summary>
    public const string Made = "<!-- Made by ./bench.sh publish ";

    /// <param name="results">What was measured.</param>
    /// <param name="path">Of its file, from the root of the repository.</param>
    /// <param name="chart">Name of the plot's file beside the page.</param>
    public static string Of(Results results, string path, string chart)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            {Made}{path} -->
            # KernelForge on a CPU, beside others

            Every number is from [one run](../{path}) in which all contenders had their turn one after another, round after round.
            `./bench.sh publish {path}` wrote this page from it; [what is measured, and how to repeat it](../tests/Benchmarks/README.md).

            {Machine(results)}
            ## The layers of BERT-base

            ![Useful GFLOP/s of every contender in its best way]({chart})

            *Useful* GFLOP/s count what valid tokens need, whatever a contender computed on padding. *Of peak* is their share of what the
            machine reached in the same numbers in the same run. Times are the best of all rounds; the median is that of the rounds' medians.
            A cold start is the time from the process's begin to the end of its first run; loading, from a model's bytes to one that can run;
            memory, the most that the process held.

            {string.Join('\n', Contenders.Tasks(results.Measured).Select(task => Workload(results, task)))}
            {Sentences(results)}
            """);
        if (results.Missing.Any())
        {
            page.Append("\n## What was not measured\n\n");
            foreach (string missing in results.Missing) page.Append(CultureInfo.InvariantCulture, $"- {missing}\n");
        }
        return page.ToString().ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
    }

    private static string Machine(Results results)
    {
        JsonObject machine = results.Machine;
        var table = new Table("machine", "");
        string changes = machine["uncommitted_changes"]?.GetValue<bool>() == true ? ", with changes that are not in it" : "";
        table.Row("date", Text("date"));
        table.Row("commit", $"`{Text("commit")}`{changes}");
        table.Row("command", $"`{results.Command}`");
        string model = $"{Text("cpu")}, family and model {Text("cpu_family_model")}";
        table.Row("processor", $"{model}, {Text("cores")} cores, {Text("memory_gib")} GiB");
        table.Row("caches", string.Join(", ", machine["caches"]?.AsArray().Select(c => (string)c!) ?? []));
        table.Row("system", $"{Text("os")}, {Text("dotnet")}, load average at the start {Text("load_average")}");
        foreach ((string numbers, string of, double gflops) in results.Peaks)
            table.Row($"peak in {numbers}", $"{Table.Number(gflops)} GFLOP/s: {of}");
        if (results.MemoryBandwidth is { } bandwidth) table.Row("memory", $"{Table.Number(bandwidth, "0.0")} GB/s read");
        return table.ToString();

        string Text(string field) => machine[field]?.ToString() ?? "unknown";
    }

    private static string Workload(Results results, string task)
    {
        Workload? workload = Workloads.Workload.All.FirstOrDefault(w => w.Name == task);
        List<Measurement> measured = [.. results.Measured.Where(m => m.On == task)];
        var table = new Table(
            [
                "contender", "way", "useful GFLOP/s", "of peak", "best ms", "median ms", "cold start ms", "load ms", "memory MiB",
                .. OwnHeads(measured),
            ]);
        foreach (Measurement m in measured)
        {
            string gflops = m.Text("useful_gflops", "0.0");
            table.Row(
                [
                    m.Contender, m.Way, m.IsOwn ? $"**{gflops}**" : gflops, m.Text("of_peak", "0 %"), m.Text("best_ms", "0.0"),
                    m.Text("median_ms", "0.0"), m.Text("cold_start_ms"), m.Text("load_ms"), m.Text("peak_rss_mib"), .. OwnRatios(results, measured, m),
                ]);
        }
        string layers = measured[0].Text("layers");
        string title = workload is null ? task : workload.Lengths.Length == 1
            ? $"One sequence of {workload.Tokens} tokens"
            : $"{workload.Lengths.Length} sequences of {workload.Lengths.Min()} to {workload.Lengths.Max()} tokens";
        return $"### {title}\n\n`{task}`, {layers} layers.\n\n{table}{Summary(results, measured, task)}";
    }

    private static string Sentences(Results results)
    {
        if (results.MeasuredTexts.Count == 0) return "";
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            ## Sentences a second

            KernelForge takes texts and gives vectors (`SentenceEncoder`). ONNX Runtime takes token ids, so that the time of a tokenizer is in
            KernelForge's figures alone, and has the same model in the fused operators used above, pooling and normalisation included.

            """);
        foreach (JsonObject sample in results.Samples)
        {
            var name = (string)sample["sample"]!;
            List<Measurement> measured = [.. results.MeasuredTexts.Where(m => m.On == name)];
            double sentences = (double)sample["sentences"]!;
            string words = Table.Number((double)sample["words"]! / sentences), tokens = Table.Number((double)sample["tokens"]! / sentences);
            page.Append(CultureInfo.InvariantCulture, $"""

                ### {sample["model"]} on {sentences} {name} texts

                {words} words and {tokens} tokens a text on average ({sample["source"]}).


                """);
            var table = new Table(["contender", "way", "sentences/s", "best ms", "median ms", "memory MiB", .. OwnHeads(measured)]);
            foreach (Measurement m in measured)
            {
                string rate = m.Text("sentences_s");
                table.Row(
                    [
                        m.Contender, m.Way, m.IsOwn ? $"**{rate}**" : rate, m.Text("best_ms", "0.0"), m.Text("median_ms", "0.0"),
                        m.Text("peak_rss_mib"), .. OwnRatios(results, measured, m),
                    ]);
            }
            page.Append(table).Append(Summary(results, measured, name));
        }
        return page.Append(Accuracy(results)).ToString();
    }

    private static string Accuracy(Results results)
    {
        var table = new Table("KernelForge", "mean cosine to fp32", "smallest", "of the ten nearest texts, the same", "on");
        bool any = false;
        foreach (string numbers in results.MeasuredTexts.Where(m => m.IsOwn).Select(m => m.Numbers).Distinct())
        {
            if (results.Accuracy(numbers) is not { } line) continue;
            any = true;
            table.Row(
                numbers, Table.Number((double)line["mean_cosine"]!, "0.00000"), Table.Number((double)line["smallest_cosine"]!, "0.00000"),
                Table.Number((double)line["top10_overlap"]! * 100, "0.0") + " %", $"{line["sentences"]} {line["texts"]} texts");
        }
        return any ? $"\n### What a precision costs\n\n{table}" : "";
    }

    private static IEnumerable<string> OwnHeads(IEnumerable<Measurement> measured) =>
        measured.Where(m => m.IsOwn).Select(m => $"time over {m.Numbers}");

    private static IEnumerable<string> OwnRatios(Results results, IEnumerable<Measurement> measured, Measurement other) =>
        measured.Where(m => m.IsOwn).Select(mine => mine == other ? "" : Table.Number(results.Ratio(other, mine).Best, "0.00") + " ×");

    /// <summary>Each of KernelForge's against the best way of each peer.</summary>
    private static string Summary(Results results, List<Measurement> measured, string task)
    {
        string[] peers = [.. Contenders.Names(measured.Where(m => !m.IsOwn))];
        if (peers.Length == 0) return "";
        var text = new StringBuilder("\nBeside the best way of each, by best times (by the median over rounds):\n\n");
        foreach (Measurement mine in measured.Where(m => m.IsOwn))
        {
            IEnumerable<string> ratios = peers.Select(peer =>
            {
                Measurement best = Contenders.Best(measured, task, peer)!;
                (double ratio, double? median) = results.Ratio(best, mine);
                string medians = median is { } m ? $" ({Table.Number(m, "0.00")} ×)" : "";
                return $"{Table.Number(ratio, "0.00")} ×{medians} as fast as {peer}, {best.Way}";
            });
            text.Append(CultureInfo.InvariantCulture, $"- {mine.Contender}: {string.Join("; ", ratios)}\n");
        }
        return text.ToString();
    }
}
