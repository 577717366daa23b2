using System.Runtime.InteropServices;

namespace KernelForge.Cuda.Tests.Attention;

/// <summary>A query's result is its own: the same bits from every grid, in every batch, and beside any other new query.</summary>
public sealed class DecodeBitsTests
{
    private static readonly int[] lengths = [33, 300, 1, 128, 517, 64];

    public static TheoryData<string, string> Cases { get; } =
        new() { { "f16", "causalSlopes" }, { "bf16", "window" }, { "float", "keyBias" }, { "f16", "squares" }, { "float", "causal" } };

    [Theory, MemberData(nameof(Cases))]
    public void A_sequence_has_the_same_bits_from_every_grid_and_in_every_batch(string type, string policy)
    {
        ElementType element = ElementType.Named(type);
        var sizes = new AttentionSizes(6, 2, 32, 24);
        AttentionBatch batch = AttentionBatch.Continued(sizes, element, [1, 2, 1, 5, 1, 3], lengths, 3);
        using var kernel = new DecodeKernel(element, sizes, PairPolicy.Named(policy));
        float[] together = kernel.Run(batch, blocks: 1);
        foreach (int blocks in (int[])[2, 7, 100]) Assert.Equal(Bits(together), Bits(kernel.Run(batch, blocks)));
        AttentionBatch turned = batch.Of(5, 4, 3, 2, 1, 0);
        float[] inTurn = kernel.Run(turned);
        for (int n = 0; n < batch.Count; n++)
        {
            int[] expected = Bits(batch.QueriesOf(n, together));
            Assert.Equal(expected, Bits(turned.QueriesOf(batch.Count - 1 - n, inTurn)));
            Assert.Equal(expected, Bits(kernel.Run(batch.Of(n), blocks: 3)));
            Assert.Equal(expected, Bits(batch.QueriesOf(n, kernel.Run(batch.Only(n)))));
        }
        Assert.Empty(kernel.Findings);
    }

    [Theory, InlineData("f16"), InlineData("float")]
    public void New_queries_have_the_bits_that_they_have_one_at_a_time(string type)
    {
        ElementType element = ElementType.Named(type);
        var sizes = new AttentionSizes(4, 2, 32, 32);
        int[] keys = [200, 129, 131];
        AttentionBatch together = AttentionBatch.Continued(sizes, element, [4, 4, 4], keys, 9);
        using var kernel = new DecodeKernel(element, sizes, PairPolicy.Named("causal"));
        float[] atOnce = kernel.Run(together);
        for (int n = 0; n < keys.Length; n++)
        {
            for (int query = 0; query < 4; query++)
            {
                float[] one = kernel.Run(together.Until(n, query));
                int width = sizes.Heads * sizes.ValueWidth;
                Assert.Equal(Bits(one), Bits(together.QueriesOf(n, atOnce).Slice(query * width, width)));
            }
        }
        Assert.Empty(kernel.Findings);
    }

    /// <summary>A window of 20 keys before the newest: blocks in front of it go back, and parts in front of it are not there any more.</summary>
    [Theory, InlineData("bf16"), InlineData("float")]
    public void Keys_that_were_given_back_change_no_bit(string type)
    {
        ElementType element = ElementType.Named(type);
        var sizes = new AttentionSizes(4, 1, 16, 16);
        int[] keys = [200, 517, 30, 276];
        AttentionBatch batch = AttentionBatch.Continued(sizes, element, [1, 1, 1, 2], keys, 5);
        using var kernel = new DecodeKernel(element, sizes, PairPolicy.Named("window"));
        int[] first = [.. keys.Select((length, n) => Math.Max(0, length - batch.QueryLengths[n] - 20) / 32 * 32)];
        int[] expected = Bits(kernel.Run(batch));
        Assert.Equal(expected, Bits(kernel.Run(batch, firstKeys: first)));
        Assert.Empty(kernel.Findings);
        // That a block is not there any more says enough, where the mask's bounds do not.
        using var blind = new DecodeKernel(element, sizes, PairPolicy.Named("window"), definitions: "BLIND_COVER=1");
        Assert.Equal(expected, Bits(blind.Run(batch, firstKeys: first)));
        Assert.Empty(blind.Findings);
    }

    private static int[] Bits(ArraySegment<float> values) => MemoryMarshal.Cast<float, int>(values).ToArray();
}
