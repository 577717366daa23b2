using KernelForge.Models.Tests.Combinations;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda.Programs;

namespace KernelForge.Models.Tests;

/// <summary>One graph serves batches whose rows of computed lengths lie otherwise, and heads that no kernel takes are refused by name.</summary>
public sealed class DerivedLengthTests
{
    /// <summary>The same number of rows in every space, and so one graph; other lengths, places and tables of differences in each batch.</summary>
    private static readonly int[][] batches = [[7, 12, 1], [12, 1, 7], [1, 7, 12], [9, 9, 2], [7, 12, 1]];

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void A_graph_replayed_with_other_derived_lengths_computes_with_those(string device)
    {
        using Lengthened reference = new(16, 2, 4), compiled = new(16, 2, 4);
        using WeightSource weights = Some.Weights(reference, 1);
        reference.LoadWeights(weights, Device.Reference);
        compiled.LoadWeights(weights, Devices.Of(device));
        foreach (Func<int, int> length in (Func<int, int>[])[n => n, n => n / 2, n => Math.Max((2 * n) - 1, 0), n => (n + 3) / 4 * 4])
            Assert.Single(batches.Select(lengths => Buckets.Rows(lengths.Sum(length))).Distinct());

        float[][] expected = [.. batches.Select((_, b) => Run(reference, b))], actual = [.. batches.Select((_, b) => Run(compiled, b))];
        double allowed = Devices.Tolerance(device, () => batches.Select((_, b) => CombinationTests.Difference(expected[b], Run(reference, b))).Max());
        for (int b = 0; b < batches.Length; b++) Assert.InRange(CombinationTests.Difference(expected[b], actual[b]), 0, allowed);
        Assert.Equal(actual[0], actual[^1]);

        static float[] Run(Lengthened layer, int batch)
        {
            (RaggedMatrix rows, RaggedMatrix pairs, RaggedMatrix chunks) = layer.Run(Some.Rows(batches[batch], 16, 40 + (batch % (batches.Length - 1))));
            return [.. rows.Values, .. pairs.Values, .. chunks.Values];
        }
    }

    [Fact]
    public void Heads_wider_than_a_warp_can_hold_are_refused_when_the_layer_is_loaded()
    {
        using var layer = new Bounded(264, 1, 5, 10, 8, global: false);
        using WeightSource weights = Some.Weights(layer, 1);
        string message = Assert.Throws<NotSupportedException>(() => layer.LoadWeights(weights, Devices.Of("float32-0"))).Message;
        Assert.Contains("'prefixed_kernel' has heads of 264 columns and values of 264; CUDA takes 256. Let the layer have more heads", message, StringComparison.Ordinal);
    }
}
