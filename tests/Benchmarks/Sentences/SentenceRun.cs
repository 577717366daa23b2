using System.Text.Json;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Model;
using KernelForge.Models.Text;
using KernelForge.Runtime;

namespace KernelForge.Benchmarks.Sentences;

/// <summary>KernelForge as one contender of several: texts in, vectors out, tokenizing included.</summary>
internal static class SentenceRun
{
    public static JsonObject Run(string model, string textsFile, int threads, int repetitions, int vectorBits, ComparedPrecision precision)
    {
        string[] texts = JsonSerializer.Deserialize<string[]>(File.ReadAllText(textsFile))
            ?? throw new JsonException($"'{textsFile}' has no array of texts.");
        using SentenceEncoder encoder = SentenceEncoder.Load(model, Device.Cpu(threads, vectorBits, precision.Value));
        Matrix vectors = encoder.EncodeMatrix(texts);
        Times.WarmUp(() => encoder.EncodeMatrix(texts));
        var times = new Times();
        for (int i = 0; i < repetitions; i++) times.Add(() => vectors = encoder.EncodeMatrix(texts));
        return RunLine.OfTexts(
            "kernelforge", precision.Name, Path.GetFileNameWithoutExtension(textsFile), texts.Length, threads, times, vectors.Values);
    }
}
