using KernelForge.Models.Tests.Combinations;
using KernelForge.Runtime;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Models.Tests;

/// <summary>
/// Encoders and decoders of two batches against the outputs of their reference implementations, packed with others and alone.
/// </summary>
public sealed class SourceTargetTests
{
    /// <summary>Cases up to this many source tokens run on the emulated GPU wherever the tests run.</summary>
    private const int Short = 33;

    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (string family in (string[])["bart", "t5"])
                foreach (string device in Devices.All.Select(row => row.Data))
                    all.Add(family, device);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Short_pairs_come_out_of_one_batch_and_alone_as_the_reference_has_them(string family, string device)
    {
        if (device.Contains("float16", StringComparison.Ordinal)) LongRun.Require();
        Compare(family, device, c => c.Source!.Length <= Short);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void All_pairs_come_out_of_one_batch_and_alone_as_the_reference_has_them(string family, string device)
    {
        if (device.Contains("float", StringComparison.Ordinal)) LongRun.Require();
        Compare(family, device, _ => true);
    }

    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void A_source_without_tokens_leaves_the_decoder_to_itself(string device)
    {
        if (device.Contains("float16", StringComparison.Ordinal)) LongRun.Require();
        using var model = BartModel.Load(Golden.Require("bart").Folder, Devices.Of(device));
        using RaggedBatch source = RaggedBatch.Pack([[], [5, 6]]), target = RaggedBatch.Pack([[7, 8, 9], []]);
        (RaggedMatrix encoder, RaggedMatrix decoder) = model.Run(source, target);
        Assert.Equal([0, 0, 2], encoder.Offsets.ToArray());
        Assert.Equal([0, 3, 3], decoder.Offsets.ToArray());
        Assert.All(decoder.Values.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void A_gated_T5_of_other_depths_agrees_with_its_reference_run(string device)
    {
        if (device.Contains("float16", StringComparison.Ordinal)) LongRun.Require();
        using T5Model shapes = Make();
        using WeightSource weights = Some.Weights(shapes, 3);
        using RaggedBatch source = RaggedBatch.Pack([[1, 2, 3], [], [4]]), target = RaggedBatch.Pack([[5], [6, 7], [8, 9, 10, 11]]);
        float[][] expected = Run(Device.Reference), actual = Run(Devices.Of(device));
        double allowed = Devices.Tolerance(device, () => expected.Zip(Run(Device.Reference), CombinationTests.Difference).Max());
        Assert.InRange(expected.Zip(actual, CombinationTests.Difference).Max(), 0, allowed);

        static T5Model Make() => new(40, 24, 8, 40, 3, 1, decoderDepth: 3, feedForward: "gated-gelu");

        float[][] Run(Device on)
        {
            using T5Model model = Make();
            model.LoadWeights(weights, on);
            (RaggedMatrix encoder, RaggedMatrix decoder) = model.Run(source, target);
            return [encoder.Values.ToArray(), decoder.Values.ToArray()];
        }
    }

    private static void Compare(string family, string device, Func<GoldenCase, bool> chosen)
    {
        Golden golden = Golden.Require(family);
        GoldenCase[] cases = [.. golden.Cases.Where(chosen)];
        double tolerance = Math.Max(
            Devices.Tolerance(device, golden, d => Differences(golden, d, [cases]).Max(found => found.Difference)),
            device == "reference" ? golden.Tolerance : 0);
        Assert.All(Differences(golden, Devices.Of(device), [cases, .. cases.Select(c => new[] { c })]), found =>
        {
            string told = $"{family}, {found.What}: differs by {found.Difference:g3}, allowed are {tolerance:g3}";
            TestContext.Current.TestOutputHelper?.WriteLine(told);
            Assert.True(found.Difference <= tolerance, told);
        });
    }

    /// <summary>How far each case's results are from the expected ones, batch by batch.</summary>
    private static List<(string What, double Difference)> Differences(Golden golden, Device device, GoldenCase[][] batches)
    {
        using var model = AutoModel.Load<IEncoderDecoderModel>(golden.Folder, device);
        var (encoder, decoder) = (new RaggedMatrix(), new RaggedMatrix());
        List<(string, double)> found = [];
        foreach (GoldenCase[] batch in batches)
        {
            using RaggedBatch source = RaggedBatch.Pack([.. batch.Select(c => c.Source!)]);
            using RaggedBatch target = RaggedBatch.Pack([.. batch.Select(c => c.Target!)]);
            model.Run(source, target, encoder, decoder);
            for (int s = 0; s < batch.Length; s++)
            {
                string what = $"case {batch[s].Index} in a batch of {batch.Length}";
                found.Add((what + ", encoder", Golden.LargestDifference(batch[s].Matrix("encoder"), encoder.Sequence(s))));
                found.Add((what + ", decoder", Golden.LargestDifference(batch[s].Matrix("decoder"), decoder.Sequence(s))));
            }
        }
        return found;
    }
}
