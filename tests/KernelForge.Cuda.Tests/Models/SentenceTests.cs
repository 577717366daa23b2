using System.Text.Json;
using KernelForge.Cuda.Tests;
using KernelForge.Models.Text;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>
/// Embeddings of a published model, all-MiniLM-L6-v2 (six layers, 384 features), on emulated GPUs against the vectors that its reference
/// implementation gave in float64.
/// </summary>
public sealed class SentenceTests(ITestOutputHelper output)
{
    /// <summary>The largest error of an element of a vector of length 1 in float32; an element is about 0.05.</summary>
    private const double Float32 = 2e-6;

    [Theory]
    [InlineData("float16-1")]
    public void A_published_model_embeds_a_few_sentences_as_its_reference(string device) => Compare(device, [0, 1, 5, 9]);

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void It_embeds_many_sentences_in_every_precision(string device)
    {
        LongRun.Require();
        Compare(device, [.. Enumerable.Range(0, 16)]);
    }

    private void Compare(string device, int[] chosen)
    {
        string model = Data.Require("models/all-MiniLM-L6-v2"), golden = Path.GetDirectoryName(Data.Require("golden/text/embeddings.jsonl"))!;
        string[] lines = File.ReadAllLines(Path.Combine(golden, "embeddings.jsonl"));
        string[] texts = [.. chosen.Select(i => JsonDocument.Parse(lines[i]).RootElement.GetProperty("text").GetString()!)];
        using WeightSource source = WeightSource.OpenFile(Path.Combine(golden, "embeddings.safetensors"));
        double[] all = source["embeddings"].ToDoubles();
        double[][] expected = [.. chosen.Select(i => all[(i * all.Length / lines.Length)..((i + 1) * all.Length / lines.Length)])];

        double difference = Difference(expected, Vectors(Devices.Of(device)));
        int bits = Rounding.SignificantBits(Devices.Precision(device));
        double allowed = bits == 24
            ? Float32
            : Rounding.Factor * Rounding.To(bits, () => Difference(expected, Vectors(Device.Reference)));
        output.WriteLine($"differs by {difference:g3}, allowed are {allowed:g3}");
        Assert.InRange(difference, 0, allowed);

        float[][] Vectors(Device device)
        {
            using SentenceEncoder encoder = SentenceEncoder.Load(model, device);
            return encoder.Encode(texts);
        }
    }

    private static double Difference(double[][] expected, float[][] actual) =>
        expected.Zip(actual, (e, a) => e.Zip(a, (x, y) => Math.Abs(x - y)).Max()).Max();
}
