using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Cuda.Tests.Attention;

/// <summary>Attention as machine code: with a score and a mask of a layer's own, too, it keeps all values in registers.</summary>
public sealed class AttentionCompileTests
{
    private static readonly (string Element, int HeadWidth, AttentionTile Tile)[] kernels =
    [
        ("f16", 32, new(4, 16, 64, 3, Blocks: 3)), ("bf16", 64, new(4, 16, 64, 3, Blocks: 3)), ("f16", 64, new(4, 32, 64, 3, Blocks: 2)),
        ("bf16", 64, new(4, 16, 64, 2, Whole: true, Blocks: 4)), ("bf16", 96, new(4, 16, 64, 2)), ("f16", 128, new(4, 16, 64, 2)),
        ("f16", 256, new(4, 16, 64, 2)), ("bf16", 256, new(4, 16, 32, 2)),
        ("float", 64, new(4, 16, 32, 2, Blocks: 2)), ("float", 128, new(4, 16, 32, 2)), ("float", 256, new(8, 8, 16, 2)),
    ];

    public static TheoryData<string, int> Cases { get; } =
        [.. from target in (string[])["sm_80", "sm_90"] from number in Enumerable.Range(0, kernels.Length) select (target, number)];

    [Theory, MemberData(nameof(Cases))]
    public void It_compiles_without_a_warning_a_spill_or_local_memory(string target, int number)
    {
        (string element, int headWidth, AttentionTile tile) = kernels[number];
        var sizes = new AttentionSizes(12, 12, headWidth, headWidth);
        using var kernel = new AttentionKernel(ElementType.Named(element), sizes, tile, PairPolicy.Named("causalSlopes"));
        Assert.Equal("", kernel.LogFor(CompileTarget.Parse(target)));
    }
}
