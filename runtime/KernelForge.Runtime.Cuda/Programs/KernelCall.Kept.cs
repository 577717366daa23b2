using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda.Programs;

public sealed partial class KernelCall
{
    /// <summary>
    /// Launches attention over keys and values that are kept from run to run: sequences with few new queries and many keys part by part,
    /// the others tile by tile. The last five arguments it adds by itself: <c>const WorkItem* work, const int* workCount,
    /// const AttentionPart* parts, const int* partCount, float* results</c>. In an ordinary run it is <see cref="Attention"/>, and three of them are null.
    /// </summary>
    /// <param name="queries">Rows of the queries and the output.</param>
    /// <param name="keys">Rows of keys and values: the same sequences.</param>
    /// <param name="output">The results, of all heads.</param>
    /// <param name="heads">Heads of the queries.</param>
    /// <param name="keyHeads">Heads of the keys.</param>
    /// <param name="headWidth">Columns of a head's queries and keys.</param>
    /// <param name="valueWidth">Columns of a head's values.</param>
    /// <param name="softmax">Whether the weights are the softmax of the scores.</param>
    /// <param name="hasScore">As for <see cref="Attention"/>.</param>
    /// <exception cref="NotSupportedException">Heads are wider than 256 columns, or need more shared memory than a block of the device has.</exception>
    public void KeptAttention(
        CudaSpace queries, CudaSpace keys, CudaView output, int heads, int keyHeads, int headWidth, int valueWidth, bool softmax,
        bool hasScore = false)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        AttentionTile[] tiles = Tiles(headWidth, valueWidth, hasScore);
        if (!run.Continues)
        {
            AddWork(run.Plan.Pair(queries, keys)).AddPointer(default).AddPointer(default).AddPointer(default);
            Attend(run.Plan.Pair(queries, keys), tiles, heads, headWidth, valueWidth);
            return;
        }
        AttentionPair pair = run.Plan.PairInParts(
            queries, keys, KeyParts.MostQueries(heads, keyHeads), checked(heads * DecodeTile.ResultFloats(valueWidth)));
        PairParts parts = pair.Parts!;
        GraphRecorder? recorder = run.Recorder;
        int slots = recorder?.Key.Slots(pair.Number) ?? 0;
        var results = new CudaScratch(0);
        AddWork(pair).Add(new CudaIntegers(parts.List, PartsPart.Items)).Add(new CudaIntegers(parts.List));
        _ = recorder is null || slots > 0 ? Add(results) : AddPointer(default);
        var tile = DecodeTile.For(heads, keyHeads, headWidth, valueWidth, run.Precision, run.Limits);
        KernelShape shape = tile.Shape(headWidth, valueWidth, run.Precision), merge = DecodeTile.MergeShape();
        if (recorder is null || recorder.Key.HasTiles(pair.Number)) Attend(pair, tiles, heads, headWidth, valueWidth);
        if (recorder is null) Plan(shape);
        else if (slots == 0) return;
        else
        {
            long pieces = (long)slots * keyHeads * DivideUp(heads / keyHeads, tile.Rows);
            recorder.Launch(source, definitions, shape, new Dim3((int)Math.Min(pieces, (long)run.Limits.Multiprocessors * tile.Blocks)));
        }

        KernelCall merging = new KernelCall(run, MergeKernel.Source)
            .Define("HEADS", heads).Define("VALUE_WIDTH", valueWidth).Define("SOFTMAX", softmax)
            .Define("OUTPUT_WHOLE", output.BufferColumns).Define("OUTPUT_START", output.Start)
            .Add(results).Add(output).Add(new CudaIntegers(parts.Merges, MergePart.Items)).Add(new CudaIntegers(parts.Merges));
        if (recorder is null) merging.Plan(merge);
        else recorder.Launch(MergeKernel.Source, merging.definitions, merge, new Dim3(heads, parts.QueryCapacity(recorder.Key)));
    }
}
