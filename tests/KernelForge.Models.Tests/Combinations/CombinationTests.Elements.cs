using KernelForge.Runtime;

namespace KernelForge.Models.Tests.Combinations;

public sealed partial class CombinationTests
{
    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Convolutions_that_halve_sequences_and_taps_of_each_feature(string device)
    {
        Convolved Make() => new(5, 40, 9);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 5, 11)));
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Rotary_positions_by_halves_and_by_pairs(string device)
    {
        foreach ((int heads, int dims) in ((int, int)[])[(2, 32), (2, 20), (8, 6)])
        {
            Rotated Make() => new(64, heads, dims);
            Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 64, 12)));
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Shifts_running_sums_ranks_and_gathers(string device)
    {
        foreach (int hidden in (int[])[21, 48])
        {
            Shifted Make() => new(hidden);
            Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, hidden, 13)));
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Windows_with_means_and_maxima(string device)
    {
        Windows Make() => new(37);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 37, 14)).Item1);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 37, 14)).Item2);
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Retention_in_both_directions(string device)
    {
        foreach ((int hidden, int heads, int keyDim) in ((int, int, int)[])[(48, 3, 8), (20, 4, 5), (96, 2, 17)])
        {
            Retained Make() => new(hidden, heads, keyDim);
            Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, hidden, 15)));
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Selective_scans(string device)
    {
        foreach ((int hidden, int states) in ((int, int)[])[(40, 16), (70, 5)])
        {
            Selective Make() => new(hidden, states);
            Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, hidden, 16)));
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void A_mixture_of_experts(string device)
    {
        foreach ((int experts, int k) in ((int, int)[])[(6, 2), (1, 1), (40, 3)])
        {
            Mixture Make() => new(24, 33, experts, k);
            Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 17)));
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Rows_with_lengths_of_their_own(string device)
    {
        Lengthened Make() => new(32, 2, 16);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 32, 18)).Item1);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 32, 18)).Item2);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 32, 18)).Item3);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows([0, 0], 32, 18)).Item2);
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Groups_of_rows_by_integers(string device)
    {
        Segmented Make() => new(24, 2, 5);
        using RaggedBatch segments = RaggedBatch.Pack([.. Lengths.Select((n, s) => Enumerable.Range(0, n).Select(i => ((i / 3) + s) % 11).ToArray())]);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 19), segments));
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Tables_through_norms_and_linears(string device)
    {
        Relative Make() => new(32, 2, 12);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 32, 20)));
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Attention_without_softmax(string device)
    {
        Unnormalised Make() => new(32, 2);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 32, 21)));
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Rows_of_another_input_at_positions(string device)
    {
        Paired Make() => new(20, 12);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 20, 22), Some.Rows([3, 4, 0, 60, 1, 17, 33], 12, 23)).Item1);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 20, 22), Some.Rows([3, 4, 0, 60, 1, 17, 33], 12, 23)).Item2);
    }

    [Fact]
    public void Sequences_that_do_not_pair_and_integers_beyond_a_table_are_told()
    {
        using var paired = new Paired(20, 12);
        using WeightSource weights = Some.Weights(paired, 1);
        paired.LoadWeights(weights, Device.Cpu(1));
        Assert.Contains("sequences", Assert.Throws<ArgumentException>(() => paired.Run(Some.Rows([3, 1], 20, 1), Some.Rows([3], 12, 1))).Message, StringComparison.Ordinal);
        using var segmented = new Segmented(24, 2, 5);
        using WeightSource more = Some.Weights(segmented, 1);
        segmented.LoadWeights(more, Device.Cpu(1));
        using RaggedBatch segments = RaggedBatch.Pack([[1], [2, 600]]);
        string message = Assert.Throws<ArgumentException>(() => segmented.Run(Some.Rows([1, 2], 24, 1), segments)).Message;
        Assert.Contains("sequence 1, token 1", message, StringComparison.Ordinal);
        Assert.Contains("table", message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void A_length_below_zero_is_told_with_its_layer_its_sequence_and_how_it_came_about(string device)
    {
        using var layer = new Shortened(8, 2);
        using WeightSource weights = Some.Weights(layer, 1);
        layer.LoadWeights(weights, Devices.Of(device));
        Assert.Equal(1, layer.Run(Some.Rows([2, 3], 8, 1)).Rows);
        string message = Assert.Throws<ArgumentException>(() => layer.Run(Some.Rows([2, 1], 8, 1))).Message;
        Assert.Contains("Shortened: sequence 1 would have -1 rows", message, StringComparison.Ordinal);
        Assert.Contains("length of tokens", message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void A_sequence_alone_has_the_bits_that_it_has_among_others(string device)
    {
        using var layer = new Selective(40, 16);
        using var mixture = new Mixture(24, 33, 6, 2);
        using WeightSource weights = Some.Weights(layer, 3), more = Some.Weights(mixture, 4);
        layer.LoadWeights(weights, Devices.Of(device));
        mixture.LoadWeights(more, Devices.Of(device));
        RaggedMatrix x = Some.Rows(Lengths, 40, 24), y = Some.Rows(Lengths, 24, 25);
        RaggedMatrix scanned = layer.Run(x), routed = mixture.Run(y);
        for (int s = 0; s < Lengths.Length; s++)
        {
            Assert.Equal(scanned.Sequence(s).ToArray(), layer.Run(Alone(x, s)).Values.ToArray());
            Assert.Equal(routed.Sequence(s).ToArray(), mixture.Run(Alone(y, s)).Values.ToArray());
        }
    }

    private static RaggedMatrix Alone(RaggedMatrix rows, int sequence)
    {
        var alone = new RaggedMatrix([rows.Sequence(sequence).Length / rows.Columns], rows.Columns);
        rows.Sequence(sequence).CopyTo(alone.Values);
        return alone;
    }
}
