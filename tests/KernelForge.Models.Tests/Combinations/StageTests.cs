using KernelForge.Runtime;

namespace KernelForge.Models.Tests.Combinations;

/// <summary>
/// Loops and branches that change rows and widths: compiled, they agree with their own reference run, batch after batch in the same buffers, and a
/// sequence has the same bits alone.
/// </summary>
public sealed class StageTests
{
    private static readonly int[][] Batches = [[37, 5, 0, 41], [0], [1, 2, 33, 3, 8], [16], [130], [5, 0, 1, 37]];

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void A_stem_of_strided_convolutions(string device)
    {
        int[] widths = [12, 40, 7, 24], kernels = [5, 3, 2, 1], strides = [3, 2, 2, 1];
        foreach (int count in (int[])[0, 1, 2, 4])
        {
            Stem Make() => new(3, widths[..count], kernels[..count], strides[..count]);
            Agree(device, 3, Make, (l, s, d) => l.LoadWeights(s, d), (l, x) => [l.Run(x)]);
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Stages_of_ragged_depth_that_halve_their_rows(string device)
    {
        foreach (int[] depths in (int[][])[[1, 3, 0, 2], [0, 0], [2]])
        {
            Staged Make() => new(10, [.. Enumerable.Range(0, depths.Length).Select(i => 8 << i)], depths, [.. depths.Select((_, i) => 1 << i)]);
            Agree(device, 10, Make, (l, s, d) => l.LoadWeights(s, d), (l, x) =>
            {
                (RaggedMatrix rows, Matrix pooled) = l.Run(x);
                return [rows, Ragged(pooled)];
            });
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Values_that_shrink_together_beside_one_that_does_not(string device)
    {
        foreach (int[] widths in (int[][])[[], [20], [20, 9, 33]])
        {
            Twofold Make() => new(14, widths, [3, 2, 1]);
            Agree(device, 14, Make, (l, s, d) => l.LoadWeights(s, d), (l, x) =>
            {
                (RaggedMatrix narrow, RaggedMatrix wide, RaggedMatrix same) = l.Run(x);
                return [narrow, wide, same];
            });
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Rows_and_widths_by_conditions(string device)
    {
        foreach (bool strided in (bool[])[false, true])
            foreach (int[] widths in (int[][])[[18], [18, 30], [18, 6, 25, 12]])
            {
                Conditional Make() => new(11, 16, 2, strided, 3, widths);
                Agree(device, 11, Make, (l, s, d) => l.LoadWeights(s, d), (l, x) => [l.Run(x)]);
            }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void A_loop_of_which_only_the_rows_are_used(string device)
    {
        foreach (int[] strides in (int[][])[[], [2], [1, 3, 2]])
        {
            Counted Make() => new(6, strides);
            Agree(device, 6, Make, (l, s, d) => l.LoadWeights(s, d), (l, x) => [l.Run(x)]);
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Features_that_grow_and_rows_that_are_merged_before_all_stages_but_the_first(string device)
    {
        foreach (int count in (int[])[0, 1, 3])
            foreach (bool skipped in (bool[])[false, true])
            {
                Growing Make() => new(7, count, 5, skipped);
                Agree(device, 7, Make, (l, s, d) => l.LoadWeights(s, d), (l, x) => [l.Run(x)]);
            }
    }

    [Fact]
    public void Widths_that_do_not_meet_are_named_with_their_field_and_its_index()
    {
        using var layer = new Narrowed(16, [8, 4, 2], [16, 8, 5]);
        using WeightSource weights = Some.Weights(layer, 1);
        string message = Assert.Throws<ArgumentException>(() => layer.LoadWeights(weights, Device.Cpu())).Message;
        Assert.Contains("Narrowed: 'layers[2].linear' takes 5 features, got 4", message, StringComparison.Ordinal);
    }

    private static RaggedMatrix Ragged(Matrix matrix)
    {
        var rows = new RaggedMatrix([.. Enumerable.Repeat(1, matrix.Rows)], matrix.Columns);
        matrix.Values.CopyTo(rows.Values);
        return rows;
    }

    private static void Agree<T>(string device, int columns, Func<T> make, Action<T, WeightSource, Device> load, Func<T, RaggedMatrix, RaggedMatrix[]> run)
        where T : ILayer, IDisposable
    {
        using T reference = make(), compiled = make();
        using WeightSource weights = Some.Weights(reference, 11);
        load(reference, weights, Device.Reference);
        load(compiled, weights, Devices.Of(device));
        foreach (int[] lengths in Batches.Take(Devices.Rounds))
        {
            RaggedMatrix input = Some.Rows(lengths, columns, lengths.Length);
            RaggedMatrix[] expected = run(reference, input), actual = run(compiled, input);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i].Offsets.ToArray(), actual[i].Offsets.ToArray());
                Assert.Equal(expected[i].Columns, actual[i].Columns);
                double allowed = Devices.Tolerance(device, () =>
                {
                    using T again = make();
                    load(again, weights, Device.Reference);
                    return CombinationTests.Difference(expected[i].Values.ToArray(), run(again, input)[i].Values.ToArray());
                });
                double difference = CombinationTests.Difference(expected[i].Values.ToArray(), actual[i].Values.ToArray());
                Assert.True(difference <= allowed, $"result {i} of {string.Join(", ", lengths)} differs by {difference:g3}, allowed are {allowed:g3}");
            }
            for (int s = 0; s < lengths.Length; s++)
            {
                var alone = new RaggedMatrix([lengths[s]], columns);
                input.Sequence(s).CopyTo(alone.Values);
                RaggedMatrix[] single = run(compiled, alone);
                for (int i = 0; i < actual.Length; i++) Assert.Equal(actual[i].Sequence(s).ToArray(), single[i].Sequence(0).ToArray());
            }
        }
    }
}
