using System.Runtime.InteropServices;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>Sounds and images of golden cases as the rows that models read.</summary>
internal static class FeatureInputs
{
    public static RaggedMatrix Samples(IReadOnlyList<GoldenCase> cases)
    {
        var samples = new RaggedMatrix([.. cases.Select(c => c.Tensor("input").Values.Length)], 1);
        for (int s = 0; s < cases.Count; s++) cases[s].Tensor("input").Values.CopyTo(samples.Sequence(s));
        return samples;
    }

    public static RaggedMatrix Pixels(IReadOnlyList<GoldenCase> cases)
    {
        GoldenTensor first = cases[0].Tensor("input");
        var pixels = new RaggedMatrix([.. cases.Select(c => c.Tensor("input").Values.Length / first.Shape[0])], first.Shape[0]);
        for (int s = 0; s < cases.Count; s++)
        {
            float[,] rows = RowsOfPixels(cases[s].Tensor("input"));
            MemoryMarshal.CreateSpan(ref rows[0, 0], rows.Length).CopyTo(pixels.Sequence(s));
        }
        return pixels;
    }

    /// <summary><c>[channels, height, width]</c> as <c>[pixels, channels]</c>.</summary>
    public static float[,] RowsOfPixels(GoldenTensor image)
    {
        int channels = image.Shape[0], pixels = image.Values.Length / channels;
        var rows = new float[pixels, channels];
        for (int p = 0; p < pixels; p++)
            for (int c = 0; c < channels; c++)
                rows[p, c] = image.Values[(c * pixels) + p];
        return rows;
    }

    /// <summary><c>[pixels, channels]</c> as an image of the given shape has them.</summary>
    public static float[] ChannelsFirst(float[] rows, GoldenTensor image)
    {
        int channels = image.Shape[0], pixels = rows.Length / channels;
        return [.. Enumerable.Range(0, rows.Length).Select(i => rows[(i % pixels * channels) + (i / pixels)])];
    }
}
