using KernelForge.Emulation;

namespace KernelForge.Cuda.Tests.Attention;

/// <summary>Tiles that a mask leaves out cost neither loads nor products, and leaving them out changes no bit.</summary>
public sealed class SkippedTileTests
{
    private const int Length = 256, HeadWidth = 32; // whole tiles

    private static readonly AttentionSizes sizes = new(1, 1, HeadWidth, HeadWidth);

    public static TheoryData<string, string, bool> Cases { get; } =
        [.. from type in (string[])["f16", "float"]
            from policy in (string[])["causal", "window", "blind"]
            from wide in (bool[])[false, true]
            select (type, policy, wide)];

    [Theory, MemberData(nameof(Cases))]
    public void They_are_neither_loaded_nor_multiplied(string type, string policyName, bool wide)
    {
        ElementType element = ElementType.Named(type);
        PairPolicy policy = PairPolicy.Named(policyName);
        AttentionTile tile = wide ? AttentionTile.Wide(element) : AttentionTile.Stream(element);
        AttentionBatch batch = AttentionBatch.Self(sizes, element, 3, Length);
        (float[] results, LaunchStatistics some) = Run();
        (float[] same, LaunchStatistics all) = Run("BLIND_COVER=1");
        Assert.Equal(same.Select(BitConverter.SingleToInt32Bits), results.Select(BitConverter.SingleToInt32Bits));

        int tiles = Length / tile.Keys, blocks = Length / tile.Queries, groups = Length / 16;
        int blockTiles = Seen(tile.Queries, blocks), warpTiles = Seen(tile.WarpQueries, Length / tile.WarpQueries);
        Assert.InRange(blockTiles, 1, (blocks * tiles) - 1);
        long tileBytes = 2L * tile.Keys * HeadWidth * element.Bytes;
        Assert.Equal(((blocks * tiles) - blockTiles) * tileBytes, all.GlobalBytesRead - some.GlobalBytesRead - UnreadQueries());

        // Both products and a multiply-add an exponential; of two times 16 queries each skips the second product for itself.
        long elements = 16L * tile.Keys, one = elements * HeadWidth;
        bool apart = element.Bytes == 2;
        int together = warpTiles * tile.WarpQueries / 16;
        long first = together * (one + elements), second = (apart ? Seen(16, groups) : together) * one;
        Assert.Equal(first + second, some.MultiplyAdds);

        (float[] Results, LaunchStatistics Statistics) Run(params string[] definitions)
        {
            using var kernel = new AttentionKernel(element, sizes, tile, policy, definitions: definitions);
            float[] values = kernel.Run(batch);
            Assert.Empty(kernel.Findings);
            return (values, kernel.Statistics);
        }

        // Pairs of so many queries and a tile of which one is seen.
        int Seen(int queries, int count) =>
            (from q in Enumerable.Range(0, count)
             from k in Enumerable.Range(0, tiles)
             where Sees(q * queries, queries, k)
             select 1).Count();

        bool Sees(int from, int queries, int k) =>
            Enumerable.Range(from, queries)
                .Any(i => Enumerable.Range(k * tile.Keys, tile.Keys).Any(j => policy.Visible(new(i, i), new(j, j))));

        // A block that sees no key does not read its queries either.
        long UnreadQueries() =>
            Enumerable.Range(0, blocks).Count(q => !Enumerable.Range(0, tiles).Any(k => Sees(q * tile.Queries, tile.Queries, k)))
            * (long)tile.Queries * HeadWidth * element.Bytes;
    }
}
