using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>Models of sounds and images against outputs of their reference implementations, packed with others and alone.</summary>
public sealed class SoundAndImageTests
{
    /// <summary>The devices that compute in float32 or better.</summary>
    public static TheoryData<string> Float32 => [.. Devices.All.Select(row => row.Data).Where(name => !name.Contains("float16", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Float32))]
    public void Moonshine_encodes_samples_and_decodes_ids(string device)
    {
        Golden golden = Golden.Require("moonshine");
        using MoonshineEncoderModel encoder = MoonshineEncoderModel.Load(golden.Folder, Devices.Of(device));
        Compare(device, golden, "encoder", cases => encoder.Run(FeatureInputs.Samples(cases)));
        using MoonshineModel model = MoonshineModel.Load(golden.Folder, Devices.Of(device));
        Compare(device, golden, "decoder", cases =>
        {
            using RaggedBatch targets = RaggedBatch.Pack([.. cases.Select(c => c.Target!)]);
            return model.Run(FeatureInputs.Samples(cases), targets);
        });
    }

    [Theory]
    [MemberData(nameof(Float32))]
    public void Wav2Vec2_Conformer_encodes_samples(string device)
    {
        Golden golden = Golden.Require("wav2vec2-conformer");
        using IFeatureModel model = AutoModel.Load<IFeatureModel>(golden.Folder, Devices.Of(device));
        Compare(device, golden, "output", cases => model.Run(FeatureInputs.Samples(cases)));
    }

    [Theory]
    [MemberData(nameof(Float32))]
    public void PoolFormer_encodes_images(string device)
    {
        Golden golden = Golden.Require("poolformer");
        using IFeatureModel model = AutoModel.Load<IFeatureModel>(golden.Folder, Devices.Of(device));
        Compare(device, golden, "output", cases => model.Run(FeatureInputs.Pixels(cases)), channelsFirst: true);
    }

    private static void Compare(
        string device, Golden golden, string output, Func<IReadOnlyList<GoldenCase>, RaggedMatrix> run, bool channelsFirst = false)
    {
        double tolerance = Math.Max(Devices.Tolerance(device, golden), golden.Tolerance);
        RaggedMatrix together = run(golden.Cases);
        foreach (GoldenCase one in golden.Cases)
        {
            float[,] expected = channelsFirst ? FeatureInputs.RowsOfPixels(one.Tensor(output)) : one.Matrix(output);
            Check("packed", together.Sequence(one.Index));
            Check("alone", run([one]).Sequence(0));

            void Check(string how, ReadOnlySpan<float> result)
            {
                double difference = Golden.LargestDifference(expected, result);
                string told = $"{golden.Family}, case {one.Index}, {output}, {how}: differs by {difference:g3}, allowed are {tolerance:g3}";
                TestContext.Current.TestOutputHelper?.WriteLine(told);
                Assert.True(difference <= tolerance, told);
            }
        }
    }
}
