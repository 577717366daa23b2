using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>Models of sounds and images against outputs of their reference implementations, packed with others and alone.</summary>
public sealed class SoundAndImageTests
{
    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void Moonshine_encodes_samples_and_decodes_ids(string device)
    {
        // Where the encoder is wanted alone, texts have no ids.
        Compare(device, Golden.Require("moonshine"), "encoder", (folder, on) => Load(folder, on, _ => [], (encoder, _) => encoder));
        Compare(device, Golden.Require("moonshine"), "decoder", (folder, on) => Load(folder, on, c => c.Target!, (_, decoder) => decoder));

        static (IDisposable, Func<IReadOnlyList<GoldenCase>, RaggedMatrix>) Load(
            string folder, Device on, Func<GoldenCase, int[]> target, Func<RaggedMatrix, RaggedMatrix, RaggedMatrix> chosen)
        {
            MoonshineModel model = MoonshineModel.Load(folder, on);
            return (model, Run);

            RaggedMatrix Run(IReadOnlyList<GoldenCase> cases)
            {
                using RaggedBatch targets = RaggedBatch.Pack([.. cases.Select(target)]);
                (RaggedMatrix encoder, RaggedMatrix decoder) = model.Run(FeatureInputs.Samples(cases), targets);
                return chosen(encoder, decoder);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void Wav2Vec2_Conformer_encodes_samples(string device)
    {
        Compare(device, Golden.Require("wav2vec2-conformer"), "output", (folder, on) =>
        {
            IFeatureModel model = AutoModel.Load<IFeatureModel>(folder, on);
            return (model, cases => model.Run(FeatureInputs.Samples(cases)));
        });
    }

    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void PoolFormer_encodes_images(string device)
    {
        Compare(
            device, Golden.Require("poolformer"), "output",
            (folder, on) =>
            {
                IFeatureModel model = AutoModel.Load<IFeatureModel>(folder, on);
                return (model, cases => model.Run(FeatureInputs.Pixels(cases)));
            },
            channelsFirst: true);
    }

    /// <param name="load">The model of a folder on a device, and how it runs cases.</param>
    private static void Compare(
        string device, Golden golden, string output,
        Func<string, Device, (IDisposable Model, Func<IReadOnlyList<GoldenCase>, RaggedMatrix> Run)> load, bool channelsFirst = false)
    {
        if (device.Contains("float16", StringComparison.Ordinal)) LongRun.Require();
        double tolerance = Math.Max(
            Devices.Tolerance(device, golden, on => Differences(on, [golden.Cases]).Max(found => found.Difference)),
            device == "reference" ? golden.Tolerance : 0);
        foreach ((string told, double difference) in Differences(Devices.Of(device), [golden.Cases, .. golden.Cases.Select(one => new[] { one })]))
        {
            string all = $"{golden.Family}, {output}, {told}: differs by {difference:g3}, allowed are {tolerance:g3}";
            TestContext.Current.TestOutputHelper?.WriteLine(all);
            Assert.True(difference <= tolerance, all);
        }

        List<(string Told, double Difference)> Differences(Device on, IReadOnlyList<IReadOnlyList<GoldenCase>> batches)
        {
            (IDisposable model, Func<IReadOnlyList<GoldenCase>, RaggedMatrix> run) = load(golden.Folder, on);
            using IDisposable loaded = model;
            List<(string, double)> found = [];
            foreach (IReadOnlyList<GoldenCase> batch in batches)
            {
                RaggedMatrix result = run(batch);
                for (int s = 0; s < batch.Count; s++)
                {
                    float[,] expected = channelsFirst ? FeatureInputs.RowsOfPixels(batch[s].Tensor(output)) : batch[s].Matrix(output);
                    found.Add(($"case {batch[s].Index} in a batch of {batch.Count}", Golden.LargestDifference(expected, result.Sequence(s))));
                }
            }
            return found;
        }
    }
}
