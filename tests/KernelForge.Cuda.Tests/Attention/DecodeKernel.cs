using KernelForge.Emulation;
using KernelForge.Emulation.Findings;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Runtime.Cuda.Programs;
using KernelForge.Runtime.Cuda.Tests;

namespace KernelForge.Cuda.Tests.Attention;

/// <summary>
/// Attention of few new queries over kept keys, compiled: parts, then what puts them together. Each block of kept keys is an array of its own, poison
/// around the keys and behind the last of a sequence.
/// </summary>
/// <param name="aligned">Whether the views of queries and results begin at multiples of eight columns.</param>
/// <param name="endsBuffer">Whether the output's columns are the last of their buffer.</param>
/// <param name="mutate">What becomes of the text, library included, before it is compiled.</param>
/// <param name="definitions">Further constants of the text.</param>
internal sealed class DecodeKernel(
    ElementType element, AttentionSizes sizes, PairPolicy policy, bool aligned = true, bool endsBuffer = true, int seed = 0,
    Func<string, string>? mutate = null, params IEnumerable<string> definitions) : IDisposable
{
    private const string Layout = """

        struct Layout
        {
            static constexpr int queryStride = padded(QUERY_WHOLE), outputStride = padded(OUTPUT_WHOLE);
            static constexpr bool aligned = (QUERY_START | OUTPUT_START) % 8 == 0;
            static constexpr int outputPadding = OUTPUT_START + OUTPUT_COLUMNS == OUTPUT_WHOLE ? outputStride - OUTPUT_WHOLE : 0;
        };

        """;

    private const string Parts = """

        extern "C" __global__ void __launch_bounds__(attention_threads, BLOCKS)
        parts_of_context(const Element* query, const int* starts, const u64* blocks, int keyPlace, int valuePlace, float* results,
                         const float* slopes, const float* keyBias, const AttentionPart* parts, const int* partCount)
        {
            attention_parts<HEADS, KEY_HEADS, HEAD_WIDTH, VALUE_WIDTH, Layout>(
                query + QUERY_START, KeptKeys<KEY_HEADS * HEAD_WIDTH, KEY_HEADS * VALUE_WIDTH>{{starts, blocks}, keyPlace, valuePlace},
                results, parts, *partCount, SCALE, Policy{slopes, keyBias});
        }
        """;

    private const string Merge = """
        extern "C" __global__ void __launch_bounds__(attention_threads)
        context(const float* results, Element* output, const MergeItem* items, const int* itemCount)
        {
            merge_parts<HEADS, VALUE_WIDTH, Layout, SOFTMAX>(results, output + OUTPUT_START, items, *itemCount);
        }
        """;

    private static readonly string[] library =
        ["types.cuh", "views.cuh", "math.cuh", "reduce.cuh", "async.cuh", "mma.cuh", "interval.cuh", "attention_rows.cuh"];

    private static readonly string[] libraryOfParts =
    [
        .. library, "attention_score.cuh", "attention_mma.cuh", "attention_fma.cuh", "kept.cuh", "attention_parts.cuh", "attention_decode.cuh",
    ];

    private static readonly string[] libraryOfMerge = [.. library, "attention_parts.cuh", "attention_merge.cuh"];

    private readonly BufferView query = new(element, sizes.Heads * sizes.HeadWidth, aligned ? 8 : 3, 5);
    private readonly BufferView output = new(element, sizes.Heads * sizes.ValueWidth, aligned ? 8 : 2, endsBuffer ? 0 : 3);
    private readonly KeptBlock kept = new(element, sizes);
    private readonly DecodeTile tile = DecodeTile.For(
        sizes.Heads, sizes.KeyHeads, sizes.HeadWidth, sizes.ValueWidth, Precision(element), DeviceLimits.Of(new Architecture(8, 0)));

    private EmulatedKernel? parts, merge;

    public IEnumerable<Finding> Findings => CompiledParts.Findings.Concat(CompiledMerge.Findings);

    /// <summary>Of the parts' launch.</summary>
    public LaunchStatistics Statistics { get; private set; } = new();

    /// <summary>More new queries of a sequence than it is made for.</summary>
    public int MostQueries { get; init; } = KeyParts.MostQueries(sizes.Heads, sizes.KeyHeads);

    private EmulatedKernel CompiledParts => parts ??= Compile("parts_of_context", policy.Text + Layout + Parts, libraryOfParts, Shape);

    private EmulatedKernel CompiledMerge => merge ??= Compile("context", Layout + Merge, libraryOfMerge, DecodeTile.MergeShape());

    private KernelShape Shape => tile.Shape(sizes.HeadWidth, sizes.ValueWidth, Precision(element));

    private string[] Definitions =>
    [
        $"ELEMENT={element}", $"HEADS={sizes.Heads}", $"KEY_HEADS={sizes.KeyHeads}", $"HEAD_WIDTH={sizes.HeadWidth}",
        $"VALUE_WIDTH={sizes.ValueWidth}", FormattableString.Invariant($"SCALE=({sizes.Scale:0.0########}f)"), "KEPT=true",
        $"SOFTMAX={(policy.Softmax ? "true" : "false")}", .. query.Definitions("QUERY"), .. output.Definitions("OUTPUT"),
        .. definitions,
    ];

    /// <summary>What NVRTC and its assembler say of the two kernels as machine code: spills, local memory.</summary>
    public string LogFor(CompileTarget target)
    {
        return Log("parts_of_context", policy.Text + Layout + Parts, libraryOfParts, Shape)
            + Log("context", Layout + Merge, libraryOfMerge, DecodeTile.MergeShape());

        string Log(string entry, string text, string[] files, KernelShape shape)
        {
            var options = new CompileOptions { Constants = [.. All(shape).Select(d => KeyValuePair.Create(d.Split('=')[0], d.Split('=')[1]))] };
            return NativeCode.Compiler.Compile(new KernelSource(entry, text) { DeviceFiles = [.. files] }, target, options).Log;
        }
    }

    /// <summary>The results [query rows, heads x value width], of a grid of so many blocks.</summary>
    /// <param name="batch">Sequences with few queries.</param>
    /// <param name="blocks">Blocks of the grid of parts.</param>
    /// <param name="firstKeys">The first key that each sequence keeps; empty where all are.</param>
    public float[] Run(AttentionBatch batch, int blocks = 5, int[]? firstKeys = null)
    {
        var list = new KeyParts(
            Offsets(batch.QueryLengths), batch.QueryBases, Offsets(batch.KeyLengths), new int[batch.Count], MostQueries)
        {
            FirstKeys = firstKeys ?? [],
            MostKeysOfTiles = -1,
        };
        var listed = new AttentionPart[list.Slots() + 1];
        int partCount = list.List(listed);
        var items = new MergeItem[batch.QueryRows + 1];
        int itemCount = list.List(items);
        EmulatedKernel p = CompiledParts, m = CompiledMerge;
        int floats = list.Slots() * sizes.Heads * DecodeTile.ResultFloats(sizes.ValueWidth);
        (int[] starts, ulong[] addresses) = kept.Hold(p, batch, firstKeys, new Random(seed));
        ulong found = p.Room(Math.Max(1, floats) * sizeof(float), "results");
        Statistics = p.Launch(new Index3(blocks), new Index3(Shape.Threads), Shape.SharedBytes, new LaunchArguments()
            .Add(p.Array<byte>(query.Hold(batch.Query), "query"))
            .Add(p.Array<int>(starts, "starts")).Add(p.Array<ulong>(addresses, "addresses"))
            .Add(KeptBlock.KeyPlace).Add(kept.ValuePlace)
            .Add(found)
            .Add(p.Array<float>(batch.Slopes, "slopes")).Add(p.Array<float>(batch.KeyBias, "keyBias"))
            .Add(p.Array<AttentionPart>(listed.AsSpan(0, partCount), "parts")).Add(p.Array<int>([partCount], "partCount")));

        byte[] results = output.Poisoned(batch.QueryRows);
        ulong written = m.Array<byte>(results, "output");
        m.Launch(new Index3(sizes.Heads, itemCount + 1), new Index3(DecodeTile.MergeShape().Threads), 0, new LaunchArguments()
            .Add(m.Array<float>(p.Read<float>(found, floats), "results")).Add(written)
            .Add(m.Array<MergeItem>(items.AsSpan(0, itemCount), "items")).Add(m.Array<int>([itemCount], "itemCount")));
        return output.Values(m.Read<byte>(written, results.Length), batch.QueryRows);
    }

    public void Dispose()
    {
        parts?.Dispose();
        merge?.Dispose();
    }

    private EmulatedKernel Compile(string entry, string text, string[] files, KernelShape shape) =>
        new(entry, text, files, All(shape), seed, mutate);

    private IEnumerable<string> All(KernelShape shape) =>
        [.. Definitions, .. shape.Definitions.Select(d => $"{d.Name}={d.Value}")];

    private static int[] Offsets(int[] lengths) => [0, .. Enumerable.Range(1, lengths.Length).Select(n => lengths[..n].Sum())];

    private static CudaPrecision Precision(ElementType element) => element.Name switch
    {
        "f16" => CudaPrecision.Float16,
        "bf16" => CudaPrecision.BFloat16,
        "tf32" => CudaPrecision.TensorFloat32,
        _ => CudaPrecision.Float32,
    };

    /// <summary>How keys and values lie in a block of kept rows: with something else in front of either.</summary>
    private sealed class KeptBlock(ElementType element, AttentionSizes sizes)
    {
        public const int KeyPlace = 48;

        private const int BlockRows = 32;

        private readonly int keyColumns = sizes.KeyHeads * sizes.HeadWidth, valueColumns = sizes.KeyHeads * sizes.ValueWidth;

        public int ValuePlace => KeyPlace + (BlockRows * Stride(keyColumns) * element.Bytes) + 16;

        /// <summary>The blocks in device memory, in an order of their own: where each sequence's begin, and all addresses.</summary>
        public (int[] Starts, ulong[] Addresses) Hold(EmulatedKernel kernel, AttentionBatch batch, int[]? firstKeys, Random random)
        {
            var blocks = new List<(int Sequence, int Number)>();
            var starts = new List<int> { 0 };
            for (int n = 0; n < batch.Count; n++)
            {
                for (int row = 0; row < batch.KeyLengths[n]; row += BlockRows) blocks.Add((n, row / BlockRows));
                starts.Add(blocks.Count);
            }
            ulong[] addresses = new ulong[blocks.Count];
            foreach (int i in Enumerable.Range(0, blocks.Count).OrderBy(_ => random.Next()))
            {
                (int n, int number) = blocks[i];
                bool givenBack = firstKeys is not null && (number + 1) * BlockRows <= firstKeys[n];
                addresses[i] = givenBack ? 0 : kernel.Array<byte>(Block(batch, n, number), $"block {number} of sequence {n}");
            }
            return ([.. starts], addresses);
        }

        private byte[] Block(AttentionBatch batch, int sequence, int number)
        {
            byte[] block = new byte[ValuePlace + (BlockRows * Stride(valueColumns) * element.Bytes)];
            Array.Fill(block, (byte)0xff);
            int first = number * BlockRows, end = Math.Min(first + BlockRows, batch.KeyLengths[sequence]);
            for (int row = first; row < end; row++)
            {
                Put(batch.KeysOf(sequence, batch.Key), keyColumns, KeyPlace, row);
                Put(batch.KeysOf(sequence, batch.Value), valueColumns, ValuePlace, row);
            }
            return block;

            void Put(ReadOnlySpan<float> values, int columns, int place, int row)
            {
                Span<byte> to = block.AsSpan(place + ((row - first) * Stride(columns) * element.Bytes), Stride(columns) * element.Bytes);
                to.Clear();
                element.Store(values.Slice(row * columns, columns)).CopyTo(to);
            }
        }

        private static int Stride(int columns) => (columns + 7) / 8 * 8;
    }
}
