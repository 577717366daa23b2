using System.Text.Json;
using KernelForge.Models.Text;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests.Text;

/// <summary>Whole encoders against the vectors that their reference implementation gave in float64.</summary>
public sealed class SentenceGoldenTests
{
    [Fact]
    public void The_small_model_gives_the_vectors_of_the_reference() =>
        Compare(Path.Combine(Data.RepositoryRoot, "examples", "SemanticSearch", "Model"), Data.Require("golden/kf-tiny"), null);

    [Fact]
    public void The_reference_device_gives_them_too() =>
        Compare(Path.Combine(Data.RepositoryRoot, "examples", "SemanticSearch", "Model"), Data.Require("golden/kf-tiny"), 8, Device.Reference);

    [Fact]
    public void The_real_model_gives_the_vectors_of_the_reference() =>
        Compare(Data.Require("models/all-MiniLM-L6-v2"), Path.GetDirectoryName(Data.Require("golden/text/embeddings.jsonl"))!, null);

    private static void Compare(string model, string golden, int? count, Device? device = null)
    {
        string[] texts =
        [
            .. from line in File.ReadLines(Path.Combine(golden, "embeddings.jsonl"))
               let parsed = JsonDocument.Parse(line)
               select parsed.RootElement.GetProperty("text").GetString()!
        ];
        using WeightSource source = WeightSource.OpenFile(Path.Combine(golden, "embeddings.safetensors"));
        double[] expected = source["embeddings"].ToDoubles();
        using SentenceEncoder encoder = SentenceEncoder.Load(model, device ?? Device.Cpu());
        Assert.Equal(texts.Length, expected.Length / encoder.Dimensions);

        float[][] vectors = encoder.Encode(texts[..(count ?? texts.Length)]);
        for (int i = 0; i < vectors.Length; i++)
            Assert.True(Cosine(vectors[i], expected.AsSpan(i * encoder.Dimensions, encoder.Dimensions)) >= 0.99999, texts[i]);
    }

    private static double Cosine(float[] a, ReadOnlySpan<double> b)
    {
        double dot = 0, left = 0, right = 0;
        for (int k = 0; k < a.Length; k++)
        {
            dot += a[k] * b[k];
            left += (double)a[k] * a[k];
            right += b[k] * b[k];
        }
        return dot / Math.Sqrt(left * right);
    }
}
