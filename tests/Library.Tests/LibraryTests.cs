using static KernelForge.Library.Tests.Agreement;

namespace KernelForge.Library.Tests;

/// <summary>What the library describes in the language, compiled, agrees with its own reference run.</summary>
public sealed class LibraryTests
{
    private static int[] Lengths => Devices.Lengths;

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Experts_that_a_router_chooses(string device)
    {
        foreach ((int experts, int k) in ((int, int)[])[(6, 2), (35, 3)])
        {
            Mixture Make() => new(24, 40, experts, k);
            Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 1)));
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Rotary_positions_of_a_part_of_each_head(string device)
    {
        foreach (int dims in (int[])[8, 4])
        {
            Rotary Make() => new(4, 2, 8, dims, 10000);
            Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 32, 2)));
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Convolutions_and_windows_that_keep_and_change_lengths(string device)
    {
        Stem Make() => new(12, 24, 4);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 12, 3)).Item1);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 12, 3)).Item2);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 12, 3)).Item3);
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Shifts_sums_ranks_and_gathers(string device)
    {
        Sparse Make() => new(20, 7);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 20, 4)).Item1);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 20, 4)).Item2);
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Scans_in_both_directions(string device)
    {
        Selective Make() => new(24, 5);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 5)));
    }
}
