using KernelForge.Emulation;

namespace KernelForge.Cuda.Tests.Attention;

/// <summary>What memory gives: each kept key and value once, however many heads and queries share it, and none that nobody may see.</summary>
public sealed class DecodeCostTests
{
    private const int Keys = 512, Width = 32;

    [Theory, InlineData("f16", 1, 1), InlineData("f16", 8, 1), InlineData("bf16", 4, 4), InlineData("float", 4, 1), InlineData("float", 8, 2)]
    public void Every_key_is_read_once_for_all_that_share_it(string type, int group, int queries)
    {
        ElementType element = ElementType.Named(type);
        const int KeyHeads = 2;
        long keys = 2L * Keys * KeyHeads * Width * element.Bytes;
        LaunchStatistics run = Run(element, new(group * KeyHeads, KeyHeads, Width, Width), PairPolicy.Named("all"), queries);
        // Each part reads the queries again, and what the host lists: a part for both cursors of a key head, and a block's address.
        long parts = Keys / 128 * KeyHeads, queryBytes = parts * group * queries * Width * element.Bytes;
        bool again = element.Bytes == 4 && group * queries > 8; // a tile of 16 rows with floats holds a query's heads
        Assert.InRange(run.GlobalBytesRead, keys + queryBytes, (again ? 2 : 1) * keys + queryBytes + (parts * 16384));
    }

    [Theory, InlineData("f16"), InlineData("float")]
    public void Keys_that_nobody_sees_are_not_read(string type)
    {
        ElementType element = ElementType.Named(type);
        var sizes = new AttentionSizes(2, 2, Width, Width);
        LaunchStatistics window = Run(element, sizes, PairPolicy.Named("window"), 1);
        LaunchStatistics all = Run(element, sizes, PairPolicy.Named("window"), 1, "BLIND_COVER=1");
        // The last 21 keys lie in one tile; of the others neither keys nor values are read, nor the queries of the three parts in front.
        int tiles = Keys / 32, row = Width * element.Bytes;
        // Where the mask's bounds are asked, they read some more integers of the list.
        int saved = 2 * ((2 * (tiles - 1) * 32 * row) + (3 * row));
        Assert.InRange(all.GlobalBytesRead - window.GlobalBytesRead, saved - 2048, saved);
        // Both products and a multiply-add an exponential.
        Assert.Equal(tiles, all.MultiplyAdds / window.MultiplyAdds);
    }

    private static LaunchStatistics Run(ElementType element, AttentionSizes sizes, PairPolicy policy, int queries, params string[] definitions)
    {
        AttentionBatch batch = AttentionBatch.Continued(sizes, element, [queries], [Keys], 3);
        using var kernel = new DecodeKernel(element, sizes, policy, definitions: definitions);
        AttentionReference.Check(element, batch, policy, kernel.Run(batch));
        Assert.Empty(kernel.Findings);
        return kernel.Statistics;
    }
}
