using KernelForge.Runtime;
using static KernelForge.Library.Tests.Agreement;

namespace KernelForge.Library.Tests;

/// <summary>Pieces of the language put together as no model does.</summary>
public sealed class CompositionTests
{
    private static readonly int[] Lengths = [5, 0, 1, 37, 16, 2, 90];

    [Theory]
    [InlineData(512), InlineData(256), InlineData(128)]
    public void Projected_tables_that_scores_read(int vectorBits)
    {
        RelativeTables Make() => new(24, 3, 20);
        Agree(vectorBits, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 1)));
    }

    [Theory]
    [InlineData(512), InlineData(256), InlineData(128)]
    public void Keys_of_other_lengths_weighed_by_their_scores(int vectorBits)
    {
        HalvedKeys Make() => new(24);
        Agree(vectorBits, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 2)).Item1);
        Agree(vectorBits, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 2)).Item2);
    }

    [Theory]
    [InlineData(512), InlineData(256), InlineData(128)]
    public void Ids_in_lambdas_and_sequences_as_images(int vectorBits)
    {
        Grids Make() => new(30, 20);
        using RaggedBatch ids =
            RaggedBatch.Pack([.. Lengths.Select((n, s) => Enumerable.Range(0, n).Select(i => ((i * i) + s) % 30).ToArray())]);
        Agree(vectorBits, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(ids).Item1);
        Agree(vectorBits, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(ids).Item2);
    }
}
