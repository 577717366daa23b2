using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cpu;

/// <summary>
/// One new query a sequence, over kept keys: what decoding is made of, as fast as memory gives keys and values. First all logits, shared
/// out by keys; then softmax and values, shared out by key heads, or by columns where there are few heads. An item reads the keys of all
/// heads, or the values of some, block after block: long runs of memory.
/// </summary>
/// <remarks>A logit is a chain of its own, and so is a column: no bit depends on how they are shared out.</remarks>
internal sealed unsafe class DecodeAttention : IDisposable
{
    /// <summary>Items a thread, so that all end together; and the fewest keys that are worth one.</summary>
    private const int ItemsAThread = 4, FewestKeys = 4 * CacheLayout.BlockRows;

    private NativeFloats logits = NativeFloats.Allocate(0);
    private int[] order = [], negatedKeys = [];
    private DecodePart[] sequences = [];
    private int keysPerPart;

    /// <summary>Whether each sequence has one new query at most, and one new key.</summary>
    public static bool Takes(RaggedRows queries, RaggedRows keys) => queries.Count > 0 && Most(queries) == 1 && Most(keys) <= 1;

    public void Dispose() => logits.Dispose();

    public void Run<TVector, TScore, TMask>(AttentionCall<TVector, TScore, TMask> call, KeptAttention kept, KeepWork<TVector> keep)
        where TVector : unmanaged, IVector<TVector>
        where TScore : struct, IScore
        where TMask : struct, IMask
    {
        int count = Arrange(call, kept);
        Share(call, count);
        DecodePart end = sequences[count];
        call.Pool.Run(end.FirstOfKeys, new DecodeLogits<TVector, TScore, TMask>(call, kept, this, keep));
        call.Pool.Run(end.FirstOfValues, new DecodeValues<TVector, TScore, TMask>(call, kept, this));
    }

    /// <summary>The sequence that an item of the logits works on, and the keys.</summary>
    public (DecodePart Part, int FirstKey, int EndOfKeys, bool IsLast) KeysOf(int item)
    {
        int place = 0;
        while (sequences[place + 1].FirstOfKeys <= item) place++;
        DecodePart part = sequences[place];
        int blocks = part.Low / CacheLayout.BlockRows * CacheLayout.BlockRows, i = item - part.FirstOfKeys;
        bool last = item + 1 == sequences[place + 1].FirstOfKeys;
        return (part, i == 0 ? part.Low : blocks + (i * keysPerPart), last ? part.High : blocks + ((i + 1) * keysPerPart), last);
    }

    /// <summary>The sequence that an item of the values works on, and which item of it.</summary>
    public (DecodePart Part, int Item) ValuesOf(int item)
    {
        int place = 0;
        while (sequences[place + 1].FirstOfValues <= item) place++;
        return (sequences[place], item - sequences[place].FirstOfValues);
    }

    /// <summary>The logits of a head with all keys from the first that the query may see.</summary>
    public float* Logits(DecodePart part, int head) => logits.Pointer + part.Place + (head * (nint)part.Stride);

    private static int Most(RaggedRows rows) => rows.SequenceCount == 0 ? 0 : rows.RowCount(rows.ByLength[0]);

    /// <summary>Sequences with a query, those that see the most keys first.</summary>
    private int Arrange<TVector, TScore, TMask>(AttentionCall<TVector, TScore, TMask> call, KeptAttention kept)
        where TVector : unmanaged, IVector<TVector>
        where TScore : struct, IScore
        where TMask : struct, IMask
    {
        ReadOnlySpan<int> all = call.Queries.ByLength;
        if (sequences.Length <= all.Length)
        {
            int capacity = (all.Length * 2) + 1;
            (order, negatedKeys, sequences) = (new int[capacity], new int[capacity], new DecodePart[capacity]);
        }
        for (int s = 0; s < all.Length; s++) (order[s], negatedKeys[s]) = (all[s], -call.Keys.Length(all[s]));
        negatedKeys.AsSpan(0, all.Length).Sort(order.AsSpan(0, all.Length));
        int count = 0;
        foreach (int sequence in order.AsSpan(0, all.Length))
        {
            if (call.Queries.RowCount(sequence) == 0) continue;
            int position = call.Queries.Base(sequence);
            (int low, int high) = call.KeysOf(sequence, position, position + 1, kept.FirstKey(sequence), call.Keys.Length(sequence));
            sequences[count++] = new DecodePart(sequence, low, high) { Stride = (int)AttentionScratch<TVector>.StrideOf(high - low) };
        }
        return count;
    }

    private void Share<TVector, TScore, TMask>(AttentionCall<TVector, TScore, TMask> call, int count)
        where TVector : unmanaged, IVector<TVector>
        where TScore : struct, IScore
        where TMask : struct, IMask
    {
        long all = 0, floats = 0;
        for (int i = 0; i < count; i++) all += sequences[i].High - sequences[i].Low;
        int keyHeads = call.Heads.KeyValueHeads, threads = call.Pool.Threads, items = threads == 1 ? 1 : ItemsAThread * threads;
        int blocks = (int)Math.Max(FewestKeys, all / items) / CacheLayout.BlockRows;
        keysPerPart = blocks * CacheLayout.BlockRows;
        int ofKeys = 0, ofValues = 0;
        for (int i = 0; i < count; i++)
        {
            ref DecodePart part = ref sequences[i];
            int keys = Math.Max(1, part.High - (part.Low / CacheLayout.BlockRows * CacheLayout.BlockRows));
            part.HeadsPerItem = (int)Math.Clamp(all * keyHeads / items / keys, 1, keyHeads);
            // Where one head is more than half of a thread's share, its columns are taken apart.
            bool isMuch = threads > 1 && (long)keys * threads * 2 > all * keyHeads;
            part.ColumnItems = isMuch ? (call.ValueWidth + (2 * TVector.Count) - 1) / (2 * TVector.Count) : 1;
            (part.FirstOfKeys, part.FirstOfValues, part.Place) = (ofKeys, ofValues, (nint)floats);
            ofKeys += (keys + keysPerPart - 1) / keysPerPart;
            ofValues += (keyHeads + part.HeadsPerItem - 1) / part.HeadsPerItem * part.ColumnItems;
            floats += part.Stride * (long)call.Heads.Heads;
        }
        sequences[count] = new DecodePart { FirstOfKeys = ofKeys, FirstOfValues = ofValues };
        if (logits.Length >= floats) return;
        logits.Dispose();
        logits = NativeFloats.Allocate(floats + (floats / 4));
    }
}

/// <summary>One sequence's share of a <see cref="DecodeAttention"/>.</summary>
/// <param name="Sequence">Which.</param>
/// <param name="Low">The first key that its query may see: of a panel.</param>
/// <param name="High">The one behind the last.</param>
internal record struct DecodePart(int Sequence, int Low, int High)
{
    /// <summary>Floats from one head's logits to the next's.</summary>
    public int Stride { get; set; }

    /// <summary>Where the logits of the first head lie.</summary>
    public nint Place { get; set; }

    /// <summary>The first item of its logits, and that of its values.</summary>
    public int FirstOfKeys { get; set; }

    public int FirstOfValues { get; set; }

    /// <summary>Key heads whose values an item takes.</summary>
    public int HeadsPerItem { get; set; }

    /// <summary>Items that share the columns of a head: 1, or as many as it has panels.</summary>
    public int ColumnItems { get; set; }
}
