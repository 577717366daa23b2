using KernelForge.Runtime;

namespace KernelForge.Models.Tests.Combinations;

public sealed partial class CombinationTests
{
    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Masks_of_prefixes_ends_and_lengths(string device)
    {
        foreach (bool global in (bool[])[false, true])
        {
            Bounded Make() => new(16, 2, 5, 10, 8, global);
            Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 16, 31)), r =>
                [.. r.Item1.Values, .. r.Item2.Values, .. r.Item3.Values, .. r.Item4.Values]);
        }
    }

    /// <summary>What is computed of a masked pair is multiplied by zero: NaN in its value would show. In a tile without a pair it does not.</summary>
    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Tiles_that_such_masks_leave_out_are_not_computed(string device)
    {
        const int length = 200, hidden = 16;
        using var layer = new Bounded(hidden, 2, 5, 10, 8, global: false);
        using var everywhere = new Bounded(hidden, 2, 5, 10, 8, global: true);
        using WeightSource weights = Some.Weights(layer, 1);
        layer.LoadWeights(weights, Devices.Of(device));
        everywhere.LoadWeights(weights, Devices.Of(device));

        // The sequence before has another length: a mask that took that one's would leave out other tiles.
        RaggedMatrix late = Some.Rows([90, length], hidden, 2), early = Some.Rows([90, length], hidden, 2);
        Row(late, 128, length).Fill(float.NaN);
        Row(early, 0, 64).Fill(float.NaN);
        (RaggedMatrix prefixed, _, _, RaggedMatrix half) = layer.Run(late);
        (_, RaggedMatrix last, RaggedMatrix near, _) = layer.Run(early);
        RaggedMatrix all = everywhere.Run(early).Item3;
        Assert.DoesNotContain(Row(prefixed, 0, 64).ToArray(), float.IsNaN);
        Assert.DoesNotContain(Row(half, 0, 128).ToArray(), float.IsNaN);
        Assert.DoesNotContain(Row(last, 128, length).ToArray(), float.IsNaN);
        Assert.DoesNotContain(Row(near, 128, length).ToArray(), float.IsNaN);
        Assert.All(Row(all, 128, length).ToArray(), x => Assert.True(float.IsNaN(x)));

        static Span<float> Row(RaggedMatrix rows, int first, int end) => rows.Sequence(1)[(first * hidden)..(end * hidden)];
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Columns_that_the_index_of_a_loop_names(string device)
    {
        SlicedByIndex Make() => new(12, 3, [2, 0, 1, 4]);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 12, 32)));
    }

    [Fact]
    public void Columns_that_are_not_there_are_told_with_the_loop_s_index_where_they_are_reached()
    {
        using var wrong = new SlicedByIndex(4, 2, [1, 4]);
        using WeightSource weights = Some.Weights(wrong, 1);
        string message = Assert.Throws<ArgumentException>(() => wrong.LoadWeights(weights, Device.Cpu())).Message;
        Assert.Equal("SlicedByIndex: columns i to i + widths[j % widths.Length] of hidden (hidden = 4, i = 1, j = 1)", message);
        using var right = new SlicedByIndex(4, 2, [1, 3, 0]);
        right.LoadWeights(weights, Device.Cpu());
    }
}
