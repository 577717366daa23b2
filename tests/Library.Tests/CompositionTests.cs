using KernelForge.Runtime;
using static KernelForge.Library.Tests.Agreement;

namespace KernelForge.Library.Tests;

/// <summary>Pieces of the language put together as no model does.</summary>
public sealed class CompositionTests
{
    private static int[] Lengths => Devices.Lengths;

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Projected_tables_that_scores_read(string device)
    {
        RelativeTables Make() => new(24, 3, 20);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 1)));
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Keys_of_other_lengths_weighed_by_their_scores(string device)
    {
        HalvedKeys Make() => new(24);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 2)).Item1);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 2)).Item2);
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Ids_in_lambdas_and_sequences_as_images(string device)
    {
        Grids Make() => new(30, 20);
        using RaggedBatch ids =
            RaggedBatch.Pack([.. Lengths.Select((n, s) => Enumerable.Range(0, n).Select(i => ((i * i) + s) % 30).ToArray())]);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(ids).Item1);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(ids).Item2);
    }
}
