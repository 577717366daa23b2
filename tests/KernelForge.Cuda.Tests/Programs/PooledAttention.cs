using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Runtime.Cuda.Programs;

namespace KernelForge.Cuda.Tests.Programs;

/// <summary>
/// A program by hand, as the compiler writes them: q, k and v from rows of floats and a table of types, in one product; attention with a bias by
/// the distance; the mean over each sequence. Result 0 has a row a token, result 1 a row a sequence.
/// </summary>
internal sealed class PooledAttention : CudaProgram
{
    public const int Hidden = 20, Heads = 2, HeadWidth = 9, Inner = Heads * HeadWidth, Types = 3, Table = 0;

    private const string ShiftText = """
        extern "C" __global__ void __launch_bounds__(rows_threads)
        shift(View<const Element, HIDDEN> x, View<const Element, HIDDEN> table, const int* types, View<Element, HIDDEN> shifted, const int* rows)
        {
            const RowThread thread;
            let_next_grid_start();
            if (thread.row >= *rows) return;
            wait_for_previous_grid();
            for (int piece = 0; piece < pieces_of<HIDDEN>; ++piece)
            {
                if (!thread.holds<HIDDEN>(piece)) continue;
                float a[8], b[8];
                x.load(a, thread.row, thread.column(piece));
                table.load(b, types[thread.row], thread.column(piece));
                for (int e = 0; e < 8; ++e) a[e] += b[e];
                shifted.store8(thread.row, thread.column(piece), a);
            }
        }
        """;

    private const string ProjectText = """
        struct Epilogue
        {
            View<const Element, INNER> bias;
            Element* qkv;  // [rows, 3 INNER]

            struct Inputs { Eight<Element> bias; };

            __device__ __forceinline__ Inputs fetch(int, int column) const
            {
                Inputs in = {};
                if (column % packed(INNER) < padded(INNER)) in.bias = bias.fetch8(0, column % packed(INNER));
                return in;
            }

            __device__ __forceinline__ void finish(float (&sums)[8], const Inputs& in, int row, int column) const
            {
                const int block = column / packed(INNER), c = column % packed(INNER);
                if (c >= padded(INNER)) return;
                float b[8];
                unpack8(b, in.bias);
                for (int e = 0; e < 8; ++e) sums[e] += b[e];
                if (block == 0) View<Element, INNER, 3 * INNER, 0>{qkv}.store8(row, c, sums);
                else if (block == 1) View<Element, INNER, 3 * INNER, INNER>{qkv}.store8(row, c, sums);
                else View<Element, INNER, 3 * INNER, 2 * INNER>{qkv}.store8(row, c, sums);
            }
        };

        extern "C" __global__ void __launch_bounds__(gemm_threads, BLOCKS)
        project(const Element* input, const Element* weight, View<const Element, INNER> bias, Element* qkv, const int* rows)
        {
            gemm<3 * packed(INNER), HIDDEN, padded(HIDDEN), true>(input, weight, *rows, Epilogue{bias, qkv});
        }
        """;

    private const string AttendText = """
        struct Views
        {
            static constexpr int queryStride = padded(3 * INNER), keyStride = queryStride, valueStride = queryStride, outputStride = padded(INNER);
            static constexpr bool aligned = false;
            static constexpr int outputPadding = outputStride - INNER;
        };

        struct Pair
        {
            const int* table;
            int zero;

            static constexpr bool softmax = true, plain = false, allVisible = true;
            __device__ float score(float s, Place i, Place j, int) const { return s + 0.125f * table[zero + i.position - j.position]; }
            __device__ bool visible(Place, Place, int) const { return true; }
            __device__ Coverage cover(Interval, Interval, const WorkItem&) const { return Coverage::All; }
        };

        extern "C" __global__ void __launch_bounds__(attention_threads, BLOCKS)
        attend(const Element* query, const Element* key, const Element* value, Element* output, float scale, const int* table, const int* zero,
               const WorkItem* work, const int* workCount)
        {
            attention<HEADS, HEADS, INNER / HEADS, INNER / HEADS, Views>(
                query, key, value, output, work, *workCount, scale, Pair{table, *zero});
        }
        """;

    private const string PoolText = """
        extern "C" __global__ void __launch_bounds__(segment_threads)
        pool(View<const Element, INNER> context, const int* offsets, View<Element, INNER> pooled, const int* sequences)
        {
            segment<SegmentMean>(context, offsets, pooled, *sequences);
        }
        """;

    private static readonly KernelSource shift = Source("shift", ShiftText, "types", "math", "views", "reduce", "async", "row");
    private static readonly KernelSource project = Source("project", ProjectText, "types", "math", "views", "mma", "async", "gemm");
    private static readonly KernelSource attend = Source(
        "attend", AttendText, "types", "views", "math", "reduce", "mma", "async", "interval", "attention_rows", "attention_score", "attention_mma",
        "attention_fma", "attention");

    private static readonly KernelSource pool = Source("pool", PoolText, "types", "math", "views", "async", "segment");

    private readonly DeviceArray table, weight, bias;

    /// <param name="device">Where it runs.</param>
    /// <param name="types">[types, hidden].</param>
    /// <param name="weights">Of q, k and v, each [inner, hidden].</param>
    /// <param name="bias">[inner], the same for all three.</param>
    public PooledAttention(CudaDevice device, float[] types, float[][] weights, float[] bias)
        : base(device)
    {
        table = Weights.Table(types, Types, Hidden);
        weight = Weights.Packed(Hidden, Weights.Block(weights[0], Inner), Weights.Block(weights[1], Inner), Weights.Block(weights[2], Inner));
        this.bias = Weights.Table(bias, 1, Inner);
        Ready();
    }

    /// <summary>What the scores of a difference of positions get, in eighths.</summary>
    public static int Bias(int difference) => -Math.Min(5, Math.Abs(difference)) + (difference > 0 ? 1 : 0);

    protected override void Schedule(CudaRun run)
    {
        CudaSpace tokens = run.Space(0, input: 0);
        CudaSpace sequences = run.SequencesOf(1, tokens);
        CudaIntegers ids = run.Ids(0), types = run.Types(0);
        _ = ids; // as generated code does: asked for and not read
        CudaView x = run.Slot(0, tokens, Hidden), shifted = run.Slot(1, tokens, Hidden), qkv = run.Slot(2, tokens, 3 * Inner);
        CudaView context = run.Slot(0, tokens, Inner), pooled = run.Slot(3, sequences, Inner);
        run.CopyIn(1, x);
        run.Kernel(shift).Define("HIDDEN", Hidden).Add(x).Add(table).Add(types).Add(shifted).Add(tokens).Rows(tokens, Hidden);
        run.Kernel(project).Define("HIDDEN", Hidden).Define("INNER", Inner)
            .Add(shifted).Add(weight).Add(bias).Add(qkv).Add(tokens).Gemm(tokens, 3 * CudaRun.Packed(Inner), Hidden);
        run.Kernel(attend).Define("HEADS", Heads).Define("INNER", Inner)
            .Add(qkv).Add(qkv.Columns(Inner, Inner)).Add(qkv.Columns(2 * Inner, Inner)).Add(context).Add(1 / 3f)
            .Add(run.Differences(Table, tokens, tokens)).Add(run.Zero(Table, tokens, tokens)).Attention(tokens, tokens, Heads, HeadWidth, HeadWidth);
        run.Kernel(pool).Define("INNER", Inner)
            .Add(context).Add(run.Offsets(tokens)).Add(pooled).Add(sequences).Segment(tokens, Inner);
        run.CopyOut(0, context);
        run.CopyOut(1, pooled);
    }

    protected override void Differences(int table, Span<int> values, int zero)
    {
        for (int d = -zero; d < values.Length - zero; d++) values[zero + d] = Bias(d);
    }

    private static KernelSource Source(string name, string text, params string[] files) =>
        new(name, text) { DeviceFiles = [.. files.Select(file => file + ".cuh")] };
}
