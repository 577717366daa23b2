using System.Text.Json;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Model;
using KernelForge.Benchmarks.Peers;
using KernelForge.Models.Text;
using KernelForge.Runtime;
using KernelForge.Runtime.Text;
using KernelForge.TestData;

namespace KernelForge.Benchmarks.Sentences;

/// <summary>
/// Sentences a second through a whole encoder, and what each precision costs in vectors. ONNX Runtime gets the ids of the same texts:
/// the time of a tokenizer is in KernelForge's figures alone.
/// </summary>
/// <param name="report">Where it says what it found.</param>
/// <param name="folder">Where texts, ids and models for the contenders are written.</param>
/// <param name="threads">Threads of each.</param>
/// <param name="vectorBits">Of KernelForge; 0 for the widest.</param>
/// <param name="checkpoint">A folder that sentence-transformers saved, of BERT's kind.</param>
internal sealed class SentenceComparison(Report report, string folder, int threads, int vectorBits, string checkpoint)
{
    private const int Repetitions = 3;

    /// <summary>In a line that says so where the model or the texts are missing.</summary>
    /// <param name="precisions">KernelForge's.</param>
    /// <param name="sentences">How many short texts.</param>
    /// <param name="rounds">How often each contender has its turn.</param>
    public void Run(IReadOnlyList<ComparedPrecision> precisions, int sentences, int rounds)
    {
        if (!File.Exists(Path.Combine(checkpoint, "modules.json")))
        {
            report.Add(new() { ["missing"] = $"sentences were not measured: '{checkpoint}' has no model (--model names another folder)" });
            return;
        }
        IReadOnlyList<SampleTexts> samples = SampleTexts.Find(sentences);
        if (samples.Count == 0)
        {
            report.Add(new() { ["missing"] = $"sentences were not measured: no .NET SDK has documentation here for {sentences} texts" });
            return;
        }
        IReadOnlyList<Contender> own = [.. precisions.Select(p => Self.Running("sentences", vectorBits, p))];
        IReadOnlyList<Contender> peers = OnnxRuntime.TextWays(folder, checkpoint, out string? missing);
        if (missing is not null) report.Add(new() { ["missing"] = missing });
        Measure(samples, own, peers, rounds);
        Cost(samples[0], precisions);
    }

    private void Measure(IReadOnlyList<SampleTexts> samples, IReadOnlyList<Contender> own, IReadOnlyList<Contender> peers, int rounds)
    {
        string texts = Directory.CreateDirectory(Path.Combine(folder, "texts")).FullName;
        string ids = Directory.CreateDirectory(Path.Combine(folder, "ids")).FullName;
        string TextsOf(SampleTexts sample) => Path.Combine(texts, sample.Name + ".json");
        string IdsOf(SampleTexts sample) => Path.Combine(ids, sample.Name + ".json");
        var tokens = new Dictionary<SampleTexts, int>();
        foreach (SampleTexts sample in samples)
        {
            sample.WriteTo(TextsOf(sample));
            tokens[sample] = WriteIds(sample, IdsOf(sample));
        }

        var results = samples.ToDictionary(s => s, _ => own.Concat(peers).ToDictionary(c => c, _ => new Rounds()));
        var turns = new Turns(report, own);
        for (int round = 1; round <= rounds; round++)
            foreach (SampleTexts sample in samples)
                turns.Take($"round {round} of {rounds}: {sample.Name} texts", results[sample], c => own.Contains(c)
                    ? c.Run(checkpoint, TextsOf(sample), threads, Repetitions)
                    : c.Run(IdsOf(sample), threads, Repetitions));

        foreach (SampleTexts sample in samples)
        {
            report.Add(new JsonObject
            {
                ["sample"] = sample.Name,
                ["model"] = Path.GetFileName(checkpoint),
                ["source"] = sample.Source,
                ["sentences"] = sample.Texts.Length,
                ["words"] = sample.WordCount,
                ["tokens"] = tokens[sample],
            });
            foreach ((Contender contender, Rounds rounded) in results[sample]) report.Add(Summary(sample, contender, rounded));
            new Ratios(report, own, "texts", sample.Name).Add(results[sample]);
        }
    }

    private static JsonObject Summary(SampleTexts sample, Contender contender, Rounds rounds)
    {
        JsonObject summary = rounds.Summary();
        summary["sentences_s"] = Math.Round(sample.Texts.Length / rounds.Best * 1e3, 1);
        summary["numbers"] = contender.Numbers.Name;
        return summary;
    }

    private int WriteIds(SampleTexts sample, string path)
    {
        using SentenceEncoder encoder = SentenceEncoder.Load(checkpoint, Device.Cpu());
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Load(checkpoint);
        int[][] ids = Array.ConvertAll(sample.Texts, text => tokenizer.Encode(text, encoder.MaxTokens));
        File.WriteAllText(path, JsonSerializer.Serialize(ids));
        return ids.Sum(sequence => sequence.Length);
    }

    private void Cost(SampleTexts sample, IReadOnlyList<ComparedPrecision> precisions)
    {
        float[][] exact = Encode(ComparedPrecision.Float32);
        foreach (ComparedPrecision precision in precisions.Where(p => p != ComparedPrecision.Float32))
        {
            var agreement = VectorAgreement.Between(exact, Encode(precision));
            report.Add(new JsonObject
            {
                ["accuracy"] = precision.Name,
                ["texts"] = sample.Name,
                ["sentences"] = sample.Texts.Length,
                ["mean_cosine"] = Math.Round(agreement.MeanCosine, 6),
                ["smallest_cosine"] = Math.Round(agreement.SmallestCosine, 6),
                ["top10_overlap"] = Math.Round(agreement.Overlap, 4),
            });
        }

        float[][] Encode(ComparedPrecision precision)
        {
            using SentenceEncoder encoder = SentenceEncoder.Load(checkpoint, Device.Cpu(threads, vectorBits, precision.Value));
            return encoder.Encode(sample.Texts);
        }
    }
}
