namespace KernelForge.Cuda.Tests.Attention;

/// <summary>Few new queries a sequence over kept keys, on the emulated GPU against double precision.</summary>
public sealed class DecodeTests
{
    /// <summary>Nothing, parts of a block, a block, a row more; the same of a part; and many parts.</summary>
    private static readonly int[] lengths = [0, 1, 31, 32, 33, 127, 128, 129, 700];

    /// <summary>Element, heads, key heads, head width, value width, policy, new queries, whether aligned, whether the output ends its buffer.</summary>
    public static TheoryData<string, int, int, int, int, string, int, bool, bool> Cases { get; } = new()
    {
        { "f16", 2, 2, 64, 64, "all", 1, true, true },
        { "f16", 8, 1, 128, 128, "causal", 1, true, true },
        { "bf16", 4, 2, 16, 16, "window", 1, true, false },
        { "bf16", 4, 1, 80, 24, "slopes", 1, true, true },
        { "f16", 16, 1, 32, 32, "keyBias", 1, true, true },
        { "f16", 24, 1, 16, 40, "causalSlopes", 1, true, true },
        { "bf16", 2, 1, 12, 20, "keyBias", 1, false, true },
        { "f16", 1, 1, 256, 256, "causal", 1, true, true },
        { "f16", 4, 2, 32, 32, "causalSlopes", 3, true, true },
        { "bf16", 1, 1, 24, 12, "blind", 5, true, true },
        { "f16", 2, 1, 64, 32, "products", 2, true, true },
        { "bf16", 2, 2, 24, 8, "squares", 1, true, false },
        { "float", 2, 2, 64, 64, "causal", 1, true, true },
        { "float", 8, 2, 32, 128, "window", 1, true, true },
        { "float", 8, 1, 16, 16, "causalSlopes", 1, true, true },
        { "float", 16, 1, 12, 24, "keyBias", 1, true, false },
        { "float", 2, 2, 6, 10, "slopes", 2, false, true },
        { "float", 2, 1, 256, 256, "causal", 1, true, true },
        { "tf32", 4, 1, 40, 40, "squares", 3, true, true },
        { "tf32", 1, 1, 80, 12, "products", 1, true, true },
    };

    [Theory, MemberData(nameof(Cases))]
    public void A_ragged_batch_is_what_double_precision_says(
        string type, int heads, int keyHeads, int headWidth, int valueWidth, string policyName, int queries, bool aligned, bool endsBuffer)
    {
        ElementType element = ElementType.Named(type);
        var sizes = new AttentionSizes(heads, keyHeads, headWidth, valueWidth);
        PairPolicy policy = PairPolicy.Named(policyName);
        int seed = headWidth + valueWidth;
        var random = new Random(seed);
        int[] keys = [.. lengths.OrderBy(_ => random.Next())];
        int[] few = [.. keys.Select(_ => queries == 1 ? 1 : random.Next(1, queries + 1))];
        using var kernel = new DecodeKernel(element, sizes, policy, aligned, endsBuffer, seed);
        AttentionBatch batch = AttentionBatch.Continued(sizes, element, few, keys, seed);
        AttentionReference.Check(element, batch, policy, kernel.Run(batch));
        Assert.Empty(kernel.Findings);
    }
}
