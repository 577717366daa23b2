namespace KernelForge.Cuda.Tests.Attention;

/// <summary>Attention of the device library on the emulated GPU against double precision, over poison in all that is not its own.</summary>
public sealed class AttentionTests
{
    private static readonly int[] lengths = [0, 1, 15, 16, 63, 64, 65, 200];

    /// <summary>Element, heads, key heads, head width, value width, policy, whether aligned, whether the output ends its buffer.</summary>
    public static TheoryData<string, int, int, int, int, string, bool, bool> Cases { get; } = new()
    {
        { "f16", 2, 2, 64, 64, "all", true, true },
        { "bf16", 3, 1, 64, 64, "causal", true, false },
        { "f16", 4, 2, 24, 8, "window", true, true },
        { "bf16", 2, 2, 4, 12, "slopes", true, true },
        { "f16", 3, 3, 12, 4, "causalSlopes", false, true },
        { "bf16", 2, 1, 80, 80, "keyBias", true, false },
        { "f16", 2, 2, 8, 80, "blind", true, true },
        { "f16", 1, 1, 80, 8, "keyBias", false, false },
        { "bf16", 1, 1, 256, 256, "causal", true, true },
        { "f16", 1, 1, 256, 64, "slopes", true, true },
        { "f16", 2, 1, 64, 24, "products", true, true },
        { "bf16", 1, 1, 24, 8, "squares", true, false },
        { "float", 2, 2, 24, 24, "squares", false, true },
        { "tf32", 2, 1, 64, 12, "products", true, true },
        { "float", 2, 1, 64, 64, "all", true, true },
        { "float", 2, 2, 24, 80, "window", true, false },
        { "float", 3, 3, 12, 4, "causalSlopes", false, true },
        { "tf32", 2, 2, 4, 12, "blind", true, true },
        { "tf32", 2, 1, 80, 8, "keyBias", true, true },
        { "float", 1, 1, 256, 256, "causal", true, true },
    };

    [Theory, MemberData(nameof(Cases))]
    public void A_ragged_batch_is_what_double_precision_says(
        string type, int heads, int keyHeads, int headWidth, int valueWidth, string policyName, bool aligned, bool endsBuffer)
    {
        ElementType element = ElementType.Named(type);
        var sizes = new AttentionSizes(heads, keyHeads, headWidth, valueWidth);
        AttentionTile tile = headWidth > 128 ? AttentionTile.Large(element) : AttentionTile.Stream(element);
        PairPolicy policy = PairPolicy.Named(policyName);
        int seed = headWidth + valueWidth;
        var random = new Random(seed);
        using var kernel = new AttentionKernel(element, sizes, tile, policy, aligned, endsBuffer, seed);

        int[] own = [.. lengths.OrderBy(_ => random.Next())];
        foreach (int[] keys in (int[][])[own, [.. lengths.OrderBy(_ => random.Next())]])
        {
            var batch = new AttentionBatch(sizes, element, own, keys, seed);
            AttentionReference.Check(element, batch, policy, kernel.Run(batch));
            Assert.Empty(kernel.Findings);
        }
    }
}
