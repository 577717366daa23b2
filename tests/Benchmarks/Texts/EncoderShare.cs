using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Model;
using KernelForge.Models.Text;
using KernelForge.Runtime;
using KernelForge.Runtime.Text;
using KernelForge.TestData;

namespace KernelForge.Benchmarks.Texts;

/// <summary>How much of a sentence encoder's time its tokenizer takes, on short texts: the faster the model, the more.</summary>
internal static class EncoderShare
{
    private const int Rounds = 7;

    /// <summary>Enough for several batches of the encoder, drawn from all over the texts.</summary>
    private const int Count = 1024;

    /// <summary>The model that comes with the example, and a real one where the folder of reference data has it.</summary>
    private static IEnumerable<string> Models => ((string?[])
        [Path.Combine(Data.RepositoryRoot, "examples/SemanticSearch/Model"), Data.Find("models/all-MiniLM-L6-v2")]).OfType<string>();

    public static void Run(Report report, Corpus corpus, int threads, int vectorBits)
    {
        int step = Math.Max(1, corpus.Texts.Length / Count);
        string[] texts = [.. corpus.Texts.Where((_, i) => i % step == 0).Take(Count)];
        foreach (string folder in Models)
            foreach (ComparedPrecision precision in ComparedPrecision.All)
                report.Add(Measure(folder, corpus.Name, texts, threads, vectorBits, precision));
    }

    private static JsonObject Measure(string folder, string name, string[] texts, int threads, int vectorBits, ComparedPrecision precision)
    {
        using SentenceEncoder encoder = SentenceEncoder.Load(folder, Device.Cpu(threads, vectorBits, precision.Value));
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Load(folder);
        Times encoding = new(), tokenizing = new();
        long tokens = 0;
        for (int round = 0; round <= Rounds; round++)
        {
            if (round == 0)
            {
                encoder.EncodeMatrix(texts);
                Tokenize();
                continue;
            }
            encoding.Add(() => encoder.EncodeMatrix(texts));
            tokenizing.Add(Tokenize);
        }
        return new JsonObject
        {
            ["model"] = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)) is "Model" ? "kf-tiny" : Path.GetFileName(folder),
            ["precision"] = precision.Name,
            ["texts"] = name,
            ["count"] = texts.Length,
            ["characters"] = texts.Sum(text => (long)text.Length),
            ["tokens"] = tokens,
            ["threads"] = threads,
            ["reps"] = encoding.Count,
            ["encoding_best_ms"] = Math.Round(encoding.Best, 2),
            ["tokenizing_best_ms"] = Math.Round(tokenizing.Best, 3),
            ["tokenizing_percent"] = Math.Round(100 * tokenizing.Best / encoding.Best, 3),
            // On a busy machine the clock tells more of the others than of this. Tokenizing has one thread, the model all of them.
            ["encoding_processor_ms"] = Math.Round(encoding.BestProcessor, 2),
            ["tokenizing_processor_ms"] = Math.Round(tokenizing.BestProcessor, 3),
            ["tokenizing_processor_percent"] = Math.Round(100 * threads * tokenizing.BestProcessor / encoding.BestProcessor, 3),
        };

        void Tokenize() => tokens = texts.Sum(text => (long)tokenizer.Encode(text, encoder.MaxTokens).Length);
    }
}
