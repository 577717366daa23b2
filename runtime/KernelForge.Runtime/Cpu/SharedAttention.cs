namespace KernelForge.Runtime.Cpu;

/// <summary>
/// One new query a sequence where there are too few sequences and key heads for the threads, or one is much longer than the others: first all logits,
/// shared out by keys, then softmax and values, shared out by columns. A logit and a column are chains of their own, so that no bit depends on it.
/// </summary>
internal sealed unsafe class SharedAttention : IDisposable
{
    /// <summary>Items a thread; and the fewest keys that are worth one.</summary>
    private const int ItemsAThread = 4, FewestKeys = 256;

    private NativeFloats logits = NativeFloats.Allocate(0);
    private int[] parts = [];
    private long[] places = [], loads = [];

    public void Dispose() => logits.Dispose();

    /// <summary>Runs the attention, where whole items would leave threads idle.</summary>
    public bool TryRun<TVector, TScore, TMask>(AttentionCall<TVector, TScore, TMask> call, KeptAttention kept, int stretches)
        where TVector : unmanaged, IVector<TVector>
        where TScore : struct, IScore
        where TMask : struct, IMask
    {
        if (stretches == 0 || call.Pool.Threads == 1 || call.Queries.RowCount(call.Queries.ByLength[0]) > 1) return false;
        if (IsEven(kept, stretches, call.Heads.KeyValueHeads, call.Pool.Threads)) return false;
        int items = Plan(call, kept, stretches);
        var work = new SharedAttentionWork<TVector, TScore, TMask>(call, kept, this);
        call.Pool.Run(items * call.Heads.KeyValueHeads, work);
        call.Pool.Run(stretches * call.Heads.KeyValueHeads * work.ColumnParts, work with { AddsValues = true });
        return true;
    }

    /// <summary>Which sequence, by its place in the order of costs, and which part of its keys.</summary>
    public (int Place, int Part, int Parts) PartOf(int item)
    {
        int place = 0;
        while (parts[place + 1] <= item) place++;
        return (place, item - parts[place], parts[place + 1] - parts[place]);
    }

    /// <summary>The logits of a sequence and key head, [heads that share it][stride].</summary>
    public float* Logits(int place, int keyHead, int group, nint stride) => logits.Pointer + places[place] + (keyHead * group * stride);

    /// <summary>Whether whole items, the costliest first, keep all threads busy to the end.</summary>
    private bool IsEven(KeptAttention kept, int stretches, int keyHeads, int threads)
    {
        long all = CostOf(kept, stretches) * keyHeads;
        // They end at most one item apart.
        if (kept.CostOf(0) * threads * 8 <= all) return true;
        if (loads.Length < threads) loads = new long[threads];
        Span<long> busy = loads.AsSpan(0, threads);
        busy.Clear();
        for (int i = 0; i < stretches; i++)
        {
            for (int h = 0; h < keyHeads; h++)
            {
                int least = 0;
                for (int t = 1; t < threads; t++) least = busy[t] < busy[least] ? t : least;
                busy[least] += kept.CostOf(i);
            }
        }
        long longest = 0;
        foreach (long load in busy) longest = Math.Max(longest, load);
        return longest * threads <= all + (all / 8);
    }

    private int Plan<TVector, TScore, TMask>(AttentionCall<TVector, TScore, TMask> call, KeptAttention kept, int stretches)
        where TVector : unmanaged, IVector<TVector>
        where TScore : struct, IScore
        where TMask : struct, IMask
    {
        if (parts.Length <= stretches) (parts, places) = (new int[(stretches * 2) + 1], new long[(stretches * 2) + 1]);
        int keysPerPart = (int)Math.Max(FewestKeys, CostOf(kept, stretches) * call.Heads.KeyValueHeads / (ItemsAThread * call.Pool.Threads));
        long floats = 0;
        for (int i = 0; i < stretches; i++)
        {
            int keys = (int)kept.CostOf(i);
            parts[i + 1] = parts[i] + Math.Max(1, (keys + keysPerPart - 1) / keysPerPart);
            places[i] = floats;
            floats += AttentionScratch<TVector>.StrideOf(keys) * call.Heads.Heads;
        }
        if (logits.Length < floats)
        {
            logits.Dispose();
            logits = NativeFloats.Allocate(floats + (floats / 4));
        }
        return parts[stretches];
    }

    private static long CostOf(KeptAttention kept, int stretches)
    {
        long all = 0;
        for (int i = 0; i < stretches; i++) all += kept.CostOf(i);
        return all;
    }
}
