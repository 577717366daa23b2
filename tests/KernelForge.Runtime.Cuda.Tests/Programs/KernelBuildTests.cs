using System.Globalization;
using KernelForge.Runtime.Cuda.Programs;
using KernelForge.Runtime.Cuda.Tests.Execution;
using KernelForge.Tests;

namespace KernelForge.Runtime.Cuda.Tests.Programs;

public sealed class KernelBuildTests
{
    [Fact]
    public void A_plan_lists_every_kernel_in_every_variant()
    {
        using var program = new SmallProgram(CudaDevice.Planning(new Architecture(8, 0)));
        Assert.Equal(
            [
                "embed", "project (128x128)", "project (128x64)", "project (64x64)", "attend (stream)", "attend (whole)", "attend (wide)", "pool",
            ],
            program.Kernels.Select(kernel => kernel.ToString()));
        Assert.Equal(
            "ELEMENT=f16 COLUMNS=5 ACTIVATION=gelu_tanh_as TILE_M=128 TILE_N=64 WARP_M=64 WARP_N=32 STAGES=3 BLOCKS=3",
            Constants(program.Kernels[2]));
        Assert.Equal("ELEMENT=f16 COLUMNS=5 EPSILON=1E-12f ROW_WARPS=1 ROWS=4", Constants(program.Kernels[0]));
        Assert.All(program.Kernels, kernel => Assert.False(kernel.Options.LineInfo));
        Refuses.With<InvalidOperationException>(
            "SmallProgram was made for 'a plan for sm_80, Float16' and only lists its kernels", () => SmallGpu.Run(program, 3));
    }

    [Fact]
    public void A_gpu_has_all_kernels_before_the_first_batch()
    {
        using var gpu = new SmallGpu();
        using var program = new SmallProgram(gpu.Device);
        Assert.Equal(program.Kernels.Count, gpu.Compiler.Compiled);
        SmallGpu.Run(program, 300);
        Assert.Equal(program.Kernels.Count, gpu.Compiler.Compiled);
    }

    [Fact]
    public void A_device_that_executes_ptx_has_kernels_compiled_as_batches_need_them()
    {
        using var gpu = new SmallGpu(new FakeDriver { Capacity = 64 << 20, NeedsPtx = true }, CudaPrecision.Float16);
        using var program = new SmallProgram(gpu.Device);
        Assert.Equal(0, gpu.Compiler.Compiled);
        SmallGpu.Run(program, [30], check: false);
        Assert.Equal(4, gpu.Compiler.Compiled);
        SmallGpu.Run(program, [31], check: false);
        Assert.Equal(4, gpu.Compiler.Compiled);
        SmallGpu.Run(program, [65], check: false); // another family of attention
        Assert.Equal(5, gpu.Compiler.Compiled);
        Assert.All(program.Kernels, kernel => Assert.True(kernel.Options.LineInfo));
    }

    [Fact]
    public void Every_width_of_heads_fits_every_architecture()
    {
        foreach (int number in (int[])[80, 86, 87, 89, 90, 100, 120])
        {
            foreach (CudaPrecision precision in Enum.GetValues<CudaPrecision>())
            {
                for (int width = 1; width <= 256; width++)
                {
                    DeviceLimits limits = DeviceLimits.Of(Architecture.FromNumber(number));
                    AttentionTile[] tiles = AttentionTile.For("context", width, width, precision, limits);
                    Assert.Equal(AttentionFamily.Stream, tiles[0].Family);
                    foreach (AttentionTile tile in tiles)
                    {
                        // Families must agree on this for their results to be the same.
                        Assert.Equal(tiles[0].KeyTile, tile.KeyTile);
                        Assert.Equal(tile.Family.Queries, tile.Warps * tile.WarpQueries);
                        Assert.InRange(tile.Shape(width, width, precision).SharedBytes, 1, limits.SharedBytes);
                        if (tile.Family == AttentionFamily.Whole) Assert.Equal(AttentionFamilies.WholeLimit, tile.KeyTile);
                    }
                }
            }
        }
        Refuses.With<NotSupportedException>(
            "attention 'context' has heads of 4000 columns and values of 4000; CUDA takes 256",
            () => AttentionTile.For("context", 4000, 4000, CudaPrecision.Float16, DeviceLimits.Of(new Architecture(8, 0))));
        Refuses.With<NotSupportedException>(
            "attention 'context' with heads of 256 columns in Float16 needs",
            () => AttentionTile.For("context", 256, 256, CudaPrecision.Float16, DeviceLimits.Of(new Architecture(8, 0)) with { SharedBytes = 4096 }));
    }

    [Theory]
    [InlineData(1, 1, 4)]
    [InlineData(768, 1, 4)]
    [InlineData(1024, 1, 4)]
    [InlineData(1025, 2, 1)]
    [InlineData(4096, 4, 1)]
    [InlineData(8192, 8, 1)]
    [InlineData(100_000, 32, 1)]
    public void A_wide_row_has_several_warps(int widest, int warps, int rows)
    {
        (int rowsOfBlock, KernelShape shape) = KernelShape.OfRows(widest);
        Assert.Equal(rows, rowsOfBlock);
        Assert.Equal([("ROW_WARPS", warps), ("ROWS", rows)], shape.Definitions);
        Assert.Equal(32 * warps * rows, shape.Threads);
    }

    [Theory]
    [InlineData(64, 768, 768, "64x64")] // one row of tiles: the smallest spread over most multiprocessors
    [InlineData(16384, 3072, 768, "128x128")] // many waves
    public void The_tile_follows_the_size_of_the_batch(int rows, int columns, int inner, string expected)
    {
        GemmTile[] tiles = GemmTile.For(CudaPrecision.Float16, 227 * 1024);
        Assert.Equal(expected, GemmTile.Choose(tiles, rows, columns, inner, CudaPrecision.Float16, 132).Name);
    }

    [Fact]
    public void Every_tile_divides_into_warps_and_fits_every_architecture()
    {
        foreach (CudaPrecision precision in Enum.GetValues<CudaPrecision>())
        {
            GemmTile[] all = GemmTile.For(precision, 99 * 1024);
            Assert.Equal(precision == CudaPrecision.Float32 ? 2 : 3, all.Length);
            foreach (GemmTile tile in all)
            {
                Assert.Equal((0, 0), (tile.Rows % tile.WarpRows, tile.Columns % tile.WarpColumns));
                Assert.InRange(tile.Threads, 64, 256);
            }
        }
    }

    [Fact]
    public void Numbers_are_written_as_cuda_c()
    {
        Assert.Equal(["7", "(-7)"], [Definitions.Text(7), Definitions.Text(-7)]);
        Assert.Equal(["1.0f", "(-0.5f)", "1E-05f", "0.1f"], [Definitions.Text(1f), Definitions.Text(-0.5f), Definitions.Text(1e-5f), Definitions.Text(0.1f)]);
        Assert.Equal("__uint_as_float(0xff800000u)", Definitions.Text(float.NegativeInfinity));
        Assert.Equal(["2.0", "0.1"], [Definitions.Text(2.0), Definitions.Text(0.1)]);
        Assert.Equal(["true", "false"], [Definitions.Text(true), Definitions.Text(false)]);
        Assert.Equal(
            ["linear_as", "gelu_as", "gelu_tanh_as", "quick_gelu_as", "relu2_as", "hard_swish_as"],
            ((ActivationKind[])[
                ActivationKind.Linear, ActivationKind.Gelu, ActivationKind.GeluTanh, ActivationKind.QuickGelu, ActivationKind.Relu2,
                ActivationKind.HardSwish]).Select(Definitions.Text));
        var random = new Random(3);
        for (int i = 0; i < 1000; i++)
        {
            float value = BitConverter.Int32BitsToSingle(random.Next(0, 0x7f7fffff));
            Assert.Equal(value, float.Parse(Definitions.Text(value).TrimEnd('f'), CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void A_planned_device_says_what_it_is()
    {
        CudaDevice plan = CudaDevice.Planning(new Architecture(9, 0), CudaPrecision.BFloat16);
        Assert.Equal("a plan for sm_90, BFloat16", plan.ToString());
        Refuses.With<CudaException>("is no device that can run anything", () => plan.Open());
        Assert.Throws<ArgumentOutOfRangeException>(() => CudaDevice.Number(0, (CudaPrecision)9));
        Assert.NotEqual(CudaDevice.Number(0), CudaDevice.Number(0, CudaPrecision.Float32));
    }

    [Fact]
    public void Absent_weights_are_empty_arrays()
    {
        Assert.True(LoadedWeights.Absent.Has("any.weight"));
        Assert.Empty(LoadedWeights.Absent.Read("any.weight"));
        Assert.Empty(LoadedWeights.Absent.Read("any.bias", 5));
    }

    private static string Constants(KernelBuild build) => string.Join(' ', build.Options.Constants.Select(c => $"{c.Key}={c.Value}"));
}
