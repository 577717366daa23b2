using static KernelForge.Library.Tests.Agreement;

namespace KernelForge.Library.Tests;

/// <summary>What the library describes in the language, compiled, agrees with its own reference run.</summary>
public sealed class LibraryTests
{
    private static readonly int[] Lengths = [5, 0, 1, 37, 16, 2, 90];

    [Theory]
    [InlineData(512), InlineData(256), InlineData(128)]
    public void Experts_that_a_router_chooses(int vectorBits)
    {
        Mixture Make() => new(24, 40, 6, 2);
        Agree(vectorBits, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 1)));
    }

    [Theory]
    [InlineData(512), InlineData(256), InlineData(128)]
    public void Rotary_positions_of_a_part_of_each_head(int vectorBits)
    {
        foreach (int dims in (int[])[8, 4])
        {
            Rotary Make() => new(4, 2, 8, dims, 10000);
            Agree(vectorBits, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 32, 2)));
        }
    }

    [Theory]
    [InlineData(512), InlineData(256), InlineData(128)]
    public void Convolutions_and_windows_that_keep_and_change_lengths(int vectorBits)
    {
        Stem Make() => new(12, 24, 4);
        Agree(vectorBits, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 12, 3)).Item1);
        Agree(vectorBits, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 12, 3)).Item2);
        Agree(vectorBits, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 12, 3)).Item3);
    }

    [Theory]
    [InlineData(512), InlineData(256), InlineData(128)]
    public void Shifts_sums_ranks_and_gathers(int vectorBits)
    {
        Sparse Make() => new(20, 7);
        Agree(vectorBits, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 20, 4)).Item1);
        Agree(vectorBits, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 20, 4)).Item2);
    }

    [Theory]
    [InlineData(512), InlineData(256), InlineData(128)]
    public void Scans_in_both_directions(int vectorBits)
    {
        Selective Make() => new(24, 5);
        Agree(vectorBits, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 5)));
    }
}
