using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Runtime.Cuda.Tests;

namespace KernelForge.Cuda.Tests.Gemm;

/// <summary>Products as machine code: where they need the most registers, they still need no memory for them.</summary>
public sealed class GemmCompileTests
{
    private const string Large = "TILE_M=128 TILE_N=128 WARP_M=64 WARP_N=64 STAGES=3 BLOCKS=2";
    private const string Narrow = "TILE_M=128 TILE_N=64 WARP_M=64 WARP_N=32 STAGES=3 BLOCKS=3";
    private const string LargeRounded = "TILE_M=128 TILE_N=128 WARP_M=64 WARP_N=32 STAGES=3 BLOCKS=1";
    private const string LargeFloat = "TILE_M=128 TILE_N=128 WARP_M=64 WARP_N=32 STAGES=3 BLOCKS=2";

    private static readonly Dictionary<string, string> texts =
        new() { ["residual"] = GemmTexts.Residual, ["gate"] = GemmTexts.Gate, ["blocks"] = GemmTexts.Blocks };

    // An epilogue on an aligned input, and on one that is fetched element by element; widths that fit nothing.
    private static readonly (string Element, string Tile, string Text, int Start)[] kernels =
    [
        ("f16", Large, "residual", 0), ("bf16", Large, "blocks", 3), ("tf32", Narrow, "gate", 3), ("tf32", LargeRounded, "residual", 0),
        ("float", LargeFloat, "gate", 3),
    ];

    public static TheoryData<string, string, string, string, int> Kernels { get; } =
    [
        .. kernels.SelectMany(
            _ => (string[])["sm_80", "sm_90"], (kernel, target) => (target, kernel.Element, kernel.Tile, kernel.Text, kernel.Start)),
    ];

    [Theory, MemberData(nameof(Kernels))]
    public void A_product_compiles_without_a_warning_a_spill_or_local_memory(
        string target, string element, string tile, string text, int start)
    {
        ElementType type = ElementType.Named(element);
        IEnumerable<string> views = ((string[])["IN", "OUT", "RES", "Q", "K", "V"])
            .SelectMany(name => new BufferView(type, 333, start, Following: start).Definitions(name));
        string[] definitions = [$"ELEMENT={element}", .. tile.Split(' '), .. views];
        var options = new CompileOptions
        {
            Constants = [.. definitions.Select(d => d.Split('=')).Select(d => KeyValuePair.Create(d[0], d[1]))],
        };
        var source = new KernelSource("project", texts[text]) { DeviceFiles = [.. GemmKernel.Library] };
        Assert.Equal("", NativeCode.Compiler.Compile(source, CompileTarget.Parse(target), options).Log);
    }
}
