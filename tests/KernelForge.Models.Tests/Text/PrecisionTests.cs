using System.Text.Json;
using KernelForge.Models.Text;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests.Text;

/// <summary>What rounding rows and weights costs a real encoder: its vectors beside those of float32, and what they find.</summary>
public sealed class PrecisionTests
{
    [Theory]
    [InlineData(CpuPrecision.BFloat16, 0.9999, 0.97)]
    [InlineData(CpuPrecision.Int8, 0.995, 0.93)]
    public void A_rounded_encoder_finds_nearly_the_same(CpuPrecision precision, double meanCosine, double overlap)
    {
        string model = Data.Require("models/all-MiniLM-L6-v2");
        string[] texts = Texts();
        float[][] exact = Encode(model, Device.Cpu(), texts), rounded = Encode(model, Device.Cpu(precision: precision), texts);
        var agreement = VectorAgreement.Between(exact, rounded);
        string told = $"{precision}: {agreement}";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(agreement.MeanCosine >= meanCosine && agreement.Overlap >= overlap, told);

        // One text alone has the bits that it has among others.
        using SentenceEncoder encoder = SentenceEncoder.Load(model, Device.Cpu(threads: 1, precision: precision));
        foreach (int i in (int[])[0, 17, 101]) Assert.Equal(rounded[i], encoder.Encode(texts[i]));
    }

    /// <summary>Tiles of bfloat16 have vectors of 512 bits, so that attention is in floats where vectors are shorter.</summary>
    [Theory]
    [InlineData(CpuPrecision.BFloat16, 0.00002)]
    [InlineData(CpuPrecision.Int8, 0.0002)]
    public void Attention_in_bfloat16_costs_nearly_nothing(CpuPrecision precision, double meanCosine)
    {
        string model = Data.Require("models/all-MiniLM-L6-v2");
        string[] texts = Texts();
        float[][] exact = Encode(model, Device.Cpu(), texts);
        double ofFloats = Cosine(256), rounded = Cosine(512);
        string told = $"{precision}: mean cosine {ofFloats:0.000000} with attention in floats, {rounded:0.000000} in bfloat16";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(Math.Abs(ofFloats - rounded) <= meanCosine, told);

        double Cosine(int vectorBits) =>
            VectorAgreement.Between(exact, Encode(model, Device.Cpu(0, vectorBits, precision), texts)).MeanCosine;
    }

    private static string[] Texts() =>
    [
        .. from line in File.ReadLines(Data.Require("golden/text/embeddings.jsonl"))
           let parsed = JsonDocument.Parse(line)
           select parsed.RootElement.GetProperty("text").GetString()!
    ];

    private static float[][] Encode(string model, Device device, string[] texts)
    {
        using SentenceEncoder encoder = SentenceEncoder.Load(model, device);
        return encoder.Encode(texts);
    }
}
