using System.Runtime.InteropServices;

namespace KernelForge.Cuda.Tests.Attention;

/// <summary>A sequence's result is its own: the same bits in every batch, and from every family that shares its key tile.</summary>
public sealed class AttentionFamilyTests
{
    public static TheoryData<string, string> Cases { get; } =
    [
        .. PairPolicy.All.Select(policy => ("f16", policy.Name)), ("bf16", "causalSlopes"), ("bf16", "keyBias"), ("float", "all"),
        ("float", "causalSlopes"), ("float", "blind"),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void All_families_give_the_same_bits(string type, string policyName)
    {
        ElementType element = ElementType.Named(type);
        var sizes = new AttentionSizes(2, 1, 32, 24);
        PairPolicy policy = PairPolicy.Named(policyName);
        using var stream = new AttentionKernel(element, sizes, AttentionTile.Stream(element), policy);
        using var wide = new AttentionKernel(element, sizes, AttentionTile.Wide(element), policy);
        using var whole = new AttentionKernel(element, sizes, AttentionTile.WholeOf(element), policy);
        int keys = AttentionTile.Stream(element).Keys;
        AttentionBatch few = AttentionBatch.Self(sizes, element, 1, 1, keys, 17, keys - 1);
        AttentionBatch many = AttentionBatch.Self(sizes, element, 2, 200, 65, 129);
        int[] expected = Bits(stream.Run(few));
        Assert.Equal(expected, Bits(whole.Run(few)));
        Assert.Equal(expected, Bits(wide.Run(few)));
        Assert.Equal(Bits(stream.Run(many)), Bits(wide.Run(many)));
        Assert.Empty(stream.Findings.Concat(wide.Findings).Concat(whole.Findings));
    }

    [Theory, InlineData("f16", 0), InlineData("bf16", 7), InlineData("float", 19)]
    public void A_sequence_has_the_same_bits_in_every_batch_and_reads_no_other(string type, int seed)
    {
        ElementType element = ElementType.Named(type);
        var sizes = new AttentionSizes(2, 2, 24, 24);
        var batch = new AttentionBatch(sizes, element, [70, 1, 64, 130, 3], [65, 16, 0, 200, 63], seed);
        using var kernel = new AttentionKernel(element, sizes, AttentionTile.Stream(element), PairPolicy.Named("window"), seed: seed);
        float[] together = kernel.Run(batch);
        AttentionBatch turned = batch.Of(4, 3, 2, 1, 0);
        float[] inTurn = kernel.Run(turned);
        for (int n = 0; n < batch.Count; n++)
        {
            int[] expected = Bits(batch.QueriesOf(n, together));
            Assert.Equal(expected, Bits(turned.QueriesOf(batch.Count - 1 - n, inTurn)));
            Assert.Equal(expected, Bits(kernel.Run(batch.Of(n))));
            Assert.Equal(expected, Bits(batch.QueriesOf(n, kernel.Run(batch.Only(n)))));
        }
        Assert.Empty(kernel.Findings);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void The_order_in_which_warps_run_changes_nothing(int seed)
    {
        ElementType element = ElementType.Named(seed % 2 == 0 ? "f16" : "tf32");
        var sizes = new AttentionSizes(1, 1, 16, 16);
        AttentionBatch batch = AttentionBatch.Self(sizes, element, 5, 130, 64, 7);
        Assert.Equal(Run(0), Run(seed));

        int[] Run(int order)
        {
            using var kernel = new AttentionKernel(element, sizes, AttentionTile.Stream(element), PairPolicy.Named("causal"), seed: order);
            int[] results = Bits(kernel.Run(batch));
            Assert.Empty(kernel.Findings);
            return results;
        }
    }

    [Theory, InlineData(0f), InlineData(-0.3f)]
    public void A_scale_that_is_not_positive_is_taken_as_it_is(float scale)
    {
        ElementType element = ElementType.Named("f16");
        var sizes = new AttentionSizes(1, 1, 16, 16) { Scale = scale };
        AttentionBatch batch = AttentionBatch.Self(sizes, element, 5, 130, 64, 7);
        using var kernel = new AttentionKernel(element, sizes, AttentionTile.Stream(element), PairPolicy.Named("causal"));
        AttentionReference.Check(element, batch, PairPolicy.Named("causal"), kernel.Run(batch));
        Assert.Empty(kernel.Findings);
    }

    private static int[] Bits(ArraySegment<float> values) => MemoryMarshal.Cast<float, int>(values).ToArray();
}
