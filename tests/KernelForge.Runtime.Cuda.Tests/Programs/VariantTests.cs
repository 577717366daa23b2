using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Runtime.Cuda.Programs;

namespace KernelForge.Runtime.Cuda.Tests.Programs;

/// <summary>The real NVRTC on the device library in every variant that a program may choose: it compiles without a warning, so nothing spills.</summary>
public sealed class VariantTests
{
    private const string Attention = """
        struct Views
        {
            static constexpr int queryStride = padded(HEADS * WIDTH), keyStride = queryStride, valueStride = queryStride, outputStride = queryStride;
            static constexpr bool aligned = true;
            static constexpr int outputPadding = 0;
        };

        struct Pair
        {
            static constexpr bool softmax = true, plain = PLAIN, allVisible = PLAIN;
            __device__ float score(float s, Place i, Place j, int head) const { return PLAIN ? s : s - 0.25f * (i.position - j.position); }
            __device__ bool visible(Place i, Place j, int head) const { return PLAIN || j.position <= i.position; }
            __device__ Coverage cover(Interval i, Interval j, const WorkItem&) const { return PLAIN ? Coverage::All : j <= i; }
        };

        extern "C" __global__ void __launch_bounds__(attention_threads, BLOCKS)
        context(const Element* query, const Element* key, const Element* value, Element* output, const WorkItem* work, const int* workCount)
        {
            attention<HEADS, HEADS, WIDTH, WIDTH, Views>(query, key, value, output, work, *workCount, 0.125f, Pair{});
        }
        """;

    private const string Product = """
        struct Epilogue
        {
            View<const Element, COLUMNS> bias, residual;
            View<Element, COLUMNS> out;

            struct Inputs { Eight<Element> bias, residual; };

            __device__ __forceinline__ Inputs fetch(int row, int column) const { return {bias.fetch8(0, column), residual.fetch8(row, column)}; }

            __device__ __forceinline__ void finish(float (&sums)[8], const Inputs& in, int row, int column) const
            {
                float b[8], r[8];
                unpack8(b, in.bias);
                unpack8(r, in.residual);
        #pragma unroll
                for (int i = 0; i < 8; ++i) sums[i] += b[i] + r[i];
                out.store8(row, column, sums);
            }
        };

        extern "C" __global__ void __launch_bounds__(gemm_threads, BLOCKS)
        project(const Element* input, const Element* weight, View<const Element, COLUMNS> bias, View<const Element, COLUMNS> residual,
                View<Element, COLUMNS> out, const int* rows)
        {
            gemm<packed(COLUMNS), COLUMNS, padded(COLUMNS), true>(input, weight, *rows, Epilogue{bias, residual, out});
        }
        """;

    private static readonly KernelSource attention = new("context", Attention)
    {
        DeviceFiles =
        [
            "types.cuh", "views.cuh", "math.cuh", "reduce.cuh", "mma.cuh", "async.cuh", "interval.cuh", "attention_rows.cuh",
            "attention_score.cuh", "attention_mma.cuh", "attention_fma.cuh", "attention.cuh",
        ],
    };

    private static readonly KernelSource product = new("project", Product)
    {
        DeviceFiles = ["types.cuh", "math.cuh", "views.cuh", "mma.cuh", "async.cuh", "gemm.cuh"],
    };

    [Theory]
    [InlineData(CudaPrecision.Float16, 64)]
    [InlineData(CudaPrecision.BFloat16, 32)]
    [InlineData(CudaPrecision.Float16, 96)]
    [InlineData(CudaPrecision.Float16, 128)]
    [InlineData(CudaPrecision.Float16, 256)]
    [InlineData(CudaPrecision.Float32, 64)]
    [InlineData(CudaPrecision.Float32, 256)]
    [InlineData(CudaPrecision.TensorFloat32, 128)]
    public void Attention_compiles_without_a_spill(CudaPrecision precision, int width)
    {
        foreach (int number in (int[])[80, 89])
        {
            DeviceLimits limits = DeviceLimits.Of(Architecture.FromNumber(number));
            foreach (AttentionTile tile in AttentionTile.For("context", width, width, precision, limits))
            {
                // Blocks of 128 queries have no register left: with a score of the layer's own a few bytes do spill.
                int plain = tile.Family == AttentionFamily.Wide ? 1 : 0;
                Compile(attention, number, precision, tile.Shape(width, width, precision), ("HEADS", 4), ("WIDTH", width), ("PLAIN", plain));
            }
        }
    }

    [Theory]
    [InlineData(CudaPrecision.Float16)]
    [InlineData(CudaPrecision.BFloat16)]
    [InlineData(CudaPrecision.TensorFloat32)]
    [InlineData(CudaPrecision.Float32)]
    public void Products_compile_without_a_spill(CudaPrecision precision)
    {
        foreach (GemmTile tile in GemmTile.For(precision, 163 * 1024)) Compile(product, 80, precision, KernelShape.Of(tile), ("COLUMNS", 768));
    }

    private static void Compile(
        KernelSource source, int architecture, CudaPrecision precision, KernelShape shape, params (string Name, int Value)[] sizes)
    {
        using var kernels = new ProgramKernels(precision, lineInfo: false);
        KernelBuild build = kernels.Build(source, [.. sizes.Select(size => (size.Name, Definitions.Text(size.Value)))], shape);
        CompileTarget target = CompileTarget.Cubin(Architecture.FromNumber(architecture));
        string log = NativeCode.Compiler.Compile(source, target, build.Options).Log;
        Assert.True(log.Length == 0, $"{build} for {target}: {log}");
    }
}
