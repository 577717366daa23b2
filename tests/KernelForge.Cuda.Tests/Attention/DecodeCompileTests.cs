using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Cuda.Tests.Attention;

/// <summary>Attention over kept keys as machine code: with a score and a mask of a layer's own, too, it keeps all values in registers.</summary>
public sealed class DecodeCompileTests
{
    private static readonly (string Element, int Heads, int KeyHeads, int HeadWidth)[] kernels =
    [
        ("f16", 12, 12, 64), ("bf16", 32, 8, 64), ("f16", 32, 8, 128), ("bf16", 32, 1, 128), ("f16", 16, 8, 256), ("f16", 6, 6, 52), ("f16", 8, 8, 16),
        ("float", 12, 12, 64), ("float", 32, 4, 128), ("float", 16, 1, 128), ("float", 8, 4, 256),
    ];

    public static TheoryData<string, int> Cases { get; } =
        [.. from target in (string[])["sm_80", "sm_90"] from number in Enumerable.Range(0, kernels.Length) select (target, number)];

    [Theory, MemberData(nameof(Cases))]
    public void It_compiles_without_a_warning_a_spill_or_local_memory(string target, int number)
    {
        (string element, int heads, int keyHeads, int headWidth) = kernels[number];
        var sizes = new AttentionSizes(heads, keyHeads, headWidth, headWidth);
        using var kernel = new DecodeKernel(ElementType.Named(element), sizes, PairPolicy.Named("causalSlopes"));
        Assert.Equal("", kernel.LogFor(CompileTarget.Parse(target)));
    }
}
