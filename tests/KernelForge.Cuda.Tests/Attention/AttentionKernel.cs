using KernelForge.Emulation;
using KernelForge.Emulation.Findings;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Runtime.Cuda.Tests;

namespace KernelForge.Cuda.Tests.Attention;

/// <summary>Attention for some sizes, a tile and a policy, compiled; its views lie in buffers of their own, poison around them.</summary>
/// <param name="aligned">Whether the views begin at multiples of eight columns.</param>
/// <param name="endsBuffer">Whether the output's columns are the last of their buffer.</param>
internal sealed class AttentionKernel(
    ElementType element, AttentionSizes sizes, AttentionTile tile, PairPolicy policy, bool aligned = true, bool endsBuffer = true,
    int seed = 0, params IEnumerable<string> definitions) : IDisposable
{
    private const string Kernel = """

        struct Views
        {
            static constexpr int queryStride = padded(QUERY_WHOLE), keyStride = padded(KEY_WHOLE);
            static constexpr int valueStride = padded(VALUE_WHOLE), outputStride = padded(OUTPUT_WHOLE);
            static constexpr bool aligned = (QUERY_START | KEY_START | VALUE_START | OUTPUT_START) % 8 == 0;
            static constexpr int outputPadding = OUTPUT_START + OUTPUT_COLUMNS == OUTPUT_WHOLE ? outputStride - OUTPUT_WHOLE : 0;
        };

        extern "C" __global__ void __launch_bounds__(attention_threads, BLOCKS)
        context(const Element* query, const Element* key, const Element* value, Element* output, const float* slopes, const float* keyBias,
                const WorkItem* work, const int* workCount)
        {
            attention<HEADS, KEY_HEADS, HEAD_WIDTH, VALUE_WIDTH, Views>(
                query + QUERY_START, key + KEY_START, value + VALUE_START, output + OUTPUT_START, work, *workCount, SCALE,
                Policy{slopes, keyBias});
        }
        """;

    private static readonly string[] library =
    [
        "types.cuh", "views.cuh", "math.cuh", "reduce.cuh", "mma.cuh", "async.cuh", "interval.cuh", "attention_rows.cuh",
        "attention_score.cuh", "attention_mma.cuh", "attention_fma.cuh", "attention.cuh",
    ];

    private readonly BufferView query = new(element, sizes.Heads * sizes.HeadWidth, aligned ? 8 : 3, 5);
    private readonly BufferView key = new(element, sizes.KeyHeads * sizes.HeadWidth, aligned ? 16 : 1, 2);
    private readonly BufferView value = new(element, sizes.KeyHeads * sizes.ValueWidth, aligned ? 0 : 5, 1);
    private readonly BufferView output = new(element, sizes.Heads * sizes.ValueWidth, aligned ? 8 : 2, endsBuffer ? 0 : 3);
    private EmulatedKernel? kernel;

    public IReadOnlyList<Finding> Findings => Compiled.Findings;

    public LaunchStatistics Statistics { get; private set; } = new();

    private EmulatedKernel Compiled => kernel ??= new EmulatedKernel("context", policy.Text + Kernel, library, Definitions, seed);

    private string[] Definitions =>
    [
        $"ELEMENT={element}", $"HEADS={sizes.Heads}", $"KEY_HEADS={sizes.KeyHeads}", $"HEAD_WIDTH={sizes.HeadWidth}",
        $"VALUE_WIDTH={sizes.ValueWidth}", FormattableString.Invariant($"SCALE=({sizes.Scale:0.0########}f)"), .. tile.Definitions,
        .. query.Definitions("QUERY"), .. key.Definitions("KEY"), .. value.Definitions("VALUE"), .. output.Definitions("OUTPUT"),
        .. definitions,
    ];

    /// <summary>What NVRTC and its assembler say of the kernel as machine code: spills, local memory.</summary>
    public string LogFor(CompileTarget target)
    {
        var source = new KernelSource("context", policy.Text + Kernel) { DeviceFiles = [.. library] };
        IEnumerable<KeyValuePair<string, string>> constants = Definitions.Select(d => KeyValuePair.Create(d.Split('=')[0], d.Split('=')[1]));
        var options = new CompileOptions { Constants = [.. constants] };
        return NativeCode.Compiler.Compile(source, target, options).Log;
    }

    /// <summary>The results [query rows, heads x value width]. The grid has room for more items than there are.</summary>
    public float[] Run(AttentionBatch batch)
    {
        WorkItem[] work = batch.Work(tile.Queries);
        byte[] results = output.Poisoned(batch.QueryRows);
        ulong written = Compiled.Array<byte>(results, "output");
        LaunchArguments arguments = new LaunchArguments()
            .Add(Compiled.Array<byte>(query.Hold(batch.Query), "query"))
            .Add(Compiled.Array<byte>(key.Hold(batch.Key), "key"))
            .Add(Compiled.Array<byte>(value.Hold(batch.Value), "value"))
            .Add(written)
            .Add(Compiled.Array<float>(batch.Slopes, "slopes"))
            .Add(Compiled.Array<float>(batch.KeyBias, "keyBias"))
            .Add(Compiled.Array<WorkItem>(work, "work"))
            .Add(Compiled.Array<int>([work.Length], "workCount"));
        Statistics = Compiled.Launch(
            new Index3(sizes.Heads, work.Length + 1), new Index3(tile.Threads), tile.SharedBytes(element, sizes), arguments);
        return output.Values(Compiled.Read<byte>(written, results.Length), batch.QueryRows);
    }

    public void Dispose() => kernel?.Dispose();
}
