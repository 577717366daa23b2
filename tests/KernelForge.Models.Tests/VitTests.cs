using KernelForge.Runtime;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Models.Tests;

/// <summary>ViT on rows of pixels against the outputs of its reference implementation.</summary>
public sealed class VitTests
{
    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void Images_come_out_of_one_batch_and_alone_as_the_reference_has_them(string device)
    {
        if (device.Contains("float16", StringComparison.Ordinal)) LongRun.Require();
        Golden golden = Golden.Require("vit");
        GoldenCase[] all = [.. golden.Cases];
        double tolerance = Math.Max(
            Devices.Tolerance(device, golden, d => Differences(golden, d, [all]).Max()), device == "reference" ? golden.Tolerance : 0);
        List<double> found = Differences(golden, Devices.Of(device), [all, [all[1]]]);
        TestContext.Current.TestOutputHelper?.WriteLine($"differ by {found.Max():g3}, allowed are {tolerance:g3}");
        Assert.All(found, difference => Assert.InRange(difference, 0, tolerance));
    }

    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void An_image_of_another_size_is_refused(string device)
    {
        using var model = VitModel.Load(Golden.Require("vit").Folder, Devices.Of(device));
        Refuses.With<ArgumentException>(
            "an image of 1023 pixels: the model reads images of 32 × 32", () => model.Run(new RaggedMatrix([1023], 3)));
        Assert.Equal(0, model.Run(new RaggedMatrix([0], 3)).Rows);
    }

    private static List<double> Differences(Golden golden, Device device, GoldenCase[][] batches)
    {
        using IFeatureModel model = AutoModel.Load<IFeatureModel>(golden.Folder, device);
        List<double> found = [];
        foreach (GoldenCase[] batch in batches)
        {
            RaggedMatrix output = model.Run(Pixels([.. batch.Select(c => c.Tensor("input"))]));
            found.AddRange(batch.Select((c, s) => Golden.LargestDifference(c.Output, output.Sequence(s))));
        }
        return found;
    }

    /// <summary>Images <c>[channels, height, width]</c> as rows of pixels.</summary>
    private static RaggedMatrix Pixels(GoldenTensor[] images)
    {
        int channels = images[0].Shape[0];
        var rows = new RaggedMatrix([.. images.Select(image => image.Values.Length / channels)], channels);
        for (int s = 0; s < images.Length; s++)
        {
            Span<float> to = rows.Sequence(s);
            for (int i = 0; i < to.Length; i++) to[i] = images[s].Values[(i % channels * (to.Length / channels)) + (i / channels)];
        }
        return rows;
    }
}
