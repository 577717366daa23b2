namespace KernelForge.Compiler.Tests.BackEnds.Cuda;

/// <summary>
/// The device library and the kernels that are written by hand against it, through the real NVRTC: they compile without a warning, keep
/// everything in registers, and become the instructions they are meant to be. That they compute the right thing a GPU has to say.
/// </summary>
public sealed class DeviceLibraryTests
{
    private const string Tile = "TILE_M=128 TILE_N=128 WARP_M=64 WARP_N=64 STAGES=3 BLOCKS=2";
    private const string Crowded = "TILE_M=128 TILE_N=128 WARP_M=64 WARP_N=64 STAGES=3 BLOCKS=8"; // 64 registers for 128 accumulators
    private const string SmallTile = "TILE_M=64 TILE_N=64 WARP_M=32 WARP_N=32 STAGES=4 BLOCKS=3";
    private const string Group = "TILE_M=128 TILE_N=128 STAGES=3 BLOCKS=2 CLUSTER_M=1 CLUSTER_N=1 UNDER_WAY=1 FETCHED=1";
    private const string Cluster = "TILE_M=128 TILE_N=128 STAGES=3 BLOCKS=2 CLUSTER_M=1 CLUSTER_N=2 UNDER_WAY=0 FETCHED=2";
    private const string Wide = "TILE_M=128 TILE_N=256 STAGES=4 BLOCKS=1 CLUSTER_M=2 CLUSTER_N=1 UNDER_WAY=1 FETCHED=2";
    private const string Qkv = "GEMM_N=2304 GEMM_K=768 EPILOGUE_BIAS_ONLY=1";
    private const string Up = "GEMM_N=3072 GEMM_K=768 EPILOGUE_BIAS_GELU=1";
    private const string Down = "GEMM_N=768 GEMM_K=3072 EPILOGUE_BIAS_RESIDUAL=1";
    private const string Odd = "GEMM_N=200 GEMM_K=200 EPILOGUE_BIAS_GELU=1";
    private const string Streamed = "HEADS=12 HEAD_DIM=64 WARPS=4 WARP_Q=16 KEY_TILE=64 WHOLE=0 STAGES=3 BLOCKS=3";
    private const string StreamedWide = "HEADS=12 HEAD_DIM=64 WARPS=4 WARP_Q=32 KEY_TILE=64 WHOLE=0 STAGES=3 BLOCKS=2";
    private const string LargeHeads = "HEADS=6 HEAD_DIM=128 WARPS=4 WARP_Q=16 KEY_TILE=64 WHOLE=0 STAGES=2 BLOCKS=1";
    private const string Whole = "HEADS=12 HEAD_DIM=64 WARPS=4 WARP_Q=16 KEY_TILE=64 WHOLE=1 STAGES=2 BLOCKS=4";
    private const string SmallHeads = "HEADS=12 HEAD_DIM=32 WARPS=8 WARP_Q=16 KEY_TILE=128 WHOLE=1 STAGES=2 BLOCKS=2";
    private const string UnevenHeads = "HEADS=8 HEAD_DIM=96 WARPS=4 WARP_Q=16 KEY_TILE=64 WHOLE=0 STAGES=3 BLOCKS=2";
    private const string LargestHeads = "HEADS=3 HEAD_DIM=256 WARPS=4 WARP_Q=16 KEY_TILE=64 WHOLE=0 STAGES=2 BLOCKS=1";
    private const string LargestFloatHeads = "HEADS=3 HEAD_DIM=256 WARPS=8 WARP_Q=8 KEY_TILE=8 WHOLE=0 STAGES=2 BLOCKS=1";
    private const string Row = "WIDTH=768 ROWS=4 EPSILON=1e-12f";

    public static TheoryData<string, string, string> Anchors { get; } = AllAnchors();

    [Theory, MemberData(nameof(Anchors))]
    public void An_anchor_kernel_compiles_without_a_warning_a_spill_or_local_memory(string file, string architecture, string definitions) =>
        Assert.Equal("", Compile(file, architecture, definitions).Log);

    [Theory, InlineData("sm_80"), InlineData("sm_86"), InlineData("sm_89"), InlineData("sm_90"), InlineData("sm_90a")]
    public void The_whole_device_library_compiles_for(string architecture)
    {
        string kernel = "static_assert(gemm_threads + rows_threads + segment_threads + elements_threads + scan_threads + order_threads + attention_threads + attention_queries > 0);\n" +
            "extern \"C\" __global__ void store(float* to, float x) { *to = gelu_erf(x); }";
        string[] choices = [.. Definitions($"ELEMENT=f16 {Tile} ROWS=4 ROW_WARPS=1 SLOTS=32 WARPS=4 WARP_Q=16 KEY_TILE=64 WHOLE=0 LANES=64 STATE_LANES=4 STATES_OF_LANE=4 SCAN_CHUNK=64 ORDER_WARPS=8")];
        MachineCode code = MachineCode.Of(KernelSource.Device(KernelSource.DeviceFiles) + kernel, architecture, choices);
        Assert.Equal("", code.Log);
        Assert.NotEmpty(code.Cubin);
    }

    [Fact]
    public void A_spill_would_be_noticed() =>
        Assert.Contains("spill", Compile("gemm.cu", "sm_80", $"ELEMENT=f16 {Crowded} {Up}").Log, StringComparison.Ordinal);

    [Fact]
    public void A_tile_that_no_warp_can_compute_is_refused_in_words() =>
        Assert.Contains(
            "warp tiles in multiples of 16 x 32",
            Compile("gemm.cu", "sm_80", $"ELEMENT=f16 TILE_M=64 TILE_N=64 WARP_M=32 WARP_N=16 STAGES=3 BLOCKS=1 {Up}").Log,
            StringComparison.Ordinal);

    [Fact]
    public void Half_products_become_tensor_core_instructions_fed_by_ldmatrix_and_asynchronous_copies()
    {
        string code = Compile("gemm.cu", "sm_80", $"ELEMENT=f16 {Tile} {Up}").Disassemble();
        Assert.Contains("HMMA.16816.F32", code, StringComparison.Ordinal);
        Assert.Contains("LDSM.16.M88.4", code, StringComparison.Ordinal);
        Assert.Contains("LDGSTS.E.BYPASS.128", code, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_shares_tiles_through_the_copy_engine_and_signals_without_a_fence()
    {
        string code = Compile("gemm_sm90.cu", "sm_90a", $"ELEMENT=bf16 {Cluster} {Qkv}").Disassemble();
        Assert.Contains("HGMMA.64x128x16.F32.BF16", code, StringComparison.Ordinal);
        Assert.Contains("UTMALDG.2D.MULTICAST", code, StringComparison.Ordinal);
        Assert.DoesNotContain("MEMBAR", code, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_included_and_PTX_stands_in_the_device_library_alone()
    {
        string[] device = Directory.GetFiles(KernelSource.DeviceFolder, "*.cuh");
        string[] anchors = Directory.GetFiles(KernelSource.AnchorFolder, "*.cu*");
        Assert.Equal(KernelSource.DeviceFiles.Order(), device.Select(Path.GetFileNameWithoutExtension).Order());
        Assert.All([.. device, .. anchors], file => Assert.DoesNotContain("#include", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.All(anchors, file => Assert.DoesNotContain("asm", File.ReadAllText(file), StringComparison.Ordinal));
    }

    private static MachineCode Compile(string file, string architecture, string definitions) =>
        MachineCode.Of(KernelSource.Anchor(file), architecture, [.. Definitions(definitions)]);

    private static IEnumerable<string> Definitions(string definitions) => definitions.Split(' ').Select(definition => "-D" + definition);

    private static TheoryData<string, string, string> AllAnchors()
    {
        var data = new TheoryData<string, string, string>();
        foreach (string architecture in (string[])["sm_80", "sm_90"])
        {
            foreach (string product in (string[])[$"f16 {Tile} {Qkv}", $"bf16 {Tile} {Down}", $"tf32 {SmallTile} {Odd}"])
                data.Add("gemm.cu", architecture, "ELEMENT=" + product);
            data.Add("gemm.cu", architecture, $"ELEMENT=float TILE_M=128 TILE_N=128 WARP_M=64 WARP_N=32 STAGES=3 BLOCKS=2 {Up}");
            foreach (string family in (string[])[Streamed, StreamedWide, LargeHeads, Whole, SmallHeads])
                data.Add("attention.cu", architecture, "ELEMENT=f16 SCALE=0.125f " + family);
            foreach (string family in (string[])["bf16 " + UnevenHeads, "bf16 " + LargestHeads, "float " + LargestFloatHeads])
                data.Add("attention.cu", architecture, "SCALE=0.0625f ELEMENT=" + family);
            foreach (string row in (string[])["f16 ROW_EMBEDDINGS=1", "bf16 ROW_RESIDUAL=1", "float ROW_NORM=1"])
                data.Add("row.cu", architecture, $"ELEMENT={row} {Row}");
            data.Add("segment.cu", architecture, "ELEMENT=bf16 WIDTH=768 SLOTS=32");
        }
        foreach (string product in (string[])[$"f16 {Group} {Down}", $"bf16 {Cluster} {Qkv}", $"f16 {Wide} {Up}", $"bf16 {Group} {Odd}"])
            data.Add("gemm_sm90.cu", "sm_90a", "ELEMENT=" + product);
        return data;
    }
}
