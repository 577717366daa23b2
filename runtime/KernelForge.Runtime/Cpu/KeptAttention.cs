using KernelForge.Runtime.Caches;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cpu;

/// <summary>Keys and values that the sequences of a run left for one attention: what <see cref="Attention.Run"/> takes in an incremental run.</summary>
/// <remarks>
/// New rows go into the sequences' blocks, then the new queries meet all keys there, in place. An item is a stretch of queries with one key head, and one
/// query reads keys and values once for all heads that share them. Where there are too few items for the threads, logits are shared out by keys and
/// values by columns (<see cref="SharedAttention"/>): neither changes the order of any sum.
/// </remarks>
public sealed class KeptAttention
{
    private readonly CacheRun run;
    private readonly CachedAttention entry;
    private readonly SharedAttention shared;
    private int[] order = [];
    private long[] negatedCosts = [];

    internal KeptAttention(CacheRun run, CachedAttention entry, SharedAttention shared) => (this.run, this.entry, this.shared) = (run, entry, shared);

    private BlockAddresses Blocks => run.Memory.Addresses[entry.Slot];

    /// <summary>Of the queries' stretches, the one that stands at a place when the costliest come first.</summary>
    internal int StretchOf(int place) => order[place];

    /// <summary>Cost of the stretch at a place: pairs of a query and a key.</summary>
    internal long CostOf(int place) => -negatedCosts[place];

    /// <summary>The first key of a sequence that was not given back.</summary>
    internal int FirstKey(int sequence) => Blocks.FirstRow(sequence);

    internal KeptKeys<TVector> Keys<TVector>(int sequence, int keyHead) where TVector : unmanaged, IVector<TVector> =>
        new(Blocks.All, Blocks.First(sequence), entry.Place + (keyHead * entry.HeadFloats), entry.HeadWidth, entry.ValueWidth);

    internal void Run<TVector, TScore, TMask>(AttentionCall<TVector, TScore, TMask> call, Rows<TVector> key, Rows<TVector> value, TMask mask)
        where TVector : unmanaged, IVector<TVector>
        where TScore : struct, IScore
        where TMask : struct, IMask
    {
        Check(call, mask);
        if (call.Keys.Count > 0)
            call.Pool.Run(call.Keys.SequenceCount * entry.KeyHeads, new KeepWork<TVector>(this, call.Keys, key, value, entry));
        int stretches = Arrange(call.Queries, call.Keys);
        if (!shared.TryRun(call, this, stretches))
            call.Pool.Run(stretches * entry.KeyHeads, new KeptAttentionWork<TVector, TScore, TMask>(call, this));
    }

    private void Check<TVector, TScore, TMask>(AttentionCall<TVector, TScore, TMask> call, TMask mask)
        where TVector : unmanaged, IVector<TVector>
        where TScore : struct, IScore
        where TMask : struct, IMask
    {
        if ((entry.KeyHeads, entry.HeadWidth, entry.ValueWidth) != (call.Heads.KeyValueHeads, call.HeadWidth, call.ValueWidth))
        {
            throw new ArgumentException(
                $"{call.Heads.KeyValueHeads} key heads of {call.HeadWidth} and {call.ValueWidth} columns, but the layout says {entry.KeyHeads} of "
                + $"{entry.HeadWidth} and {entry.ValueWidth}.");
        }
        if (call.Keys.SequenceCount != run.Batch.Length)
            throw new ArgumentException($"{call.Keys.SequenceCount} sequences of keys, but the run is on {run.Batch.Length}.");
        if (!run.GoesOn(entry.Slot)) return;
        for (int s = 0; s < call.Queries.SequenceCount; s++)
        {
            int added = call.Queries.RowCount(s), before = call.Queries.Base(s), keys = call.Keys.Length(s);
            if (added == 0 || run.Batch[s].IsFinished || mask.Cover(new Interval(before, (long)before + added - 1), new Interval(keys, int.MaxValue), s) == Coverage.None)
                continue;
            throw new ArgumentException(
                $"sequence {s} of the batch brings {added} rows after {before}, and the mask lets these see rows behind the last: rows that see each other, "
                + "such as a whole chunk, are brought together in one run; where no rows follow, say so by Finish");
        }
    }

    private int Arrange(RaggedRows queries, RaggedRows keys)
    {
        ReadOnlySpan<(int Sequence, int First)> stretches = queries.Stretches;
        if (order.Length < stretches.Length) (order, negatedCosts) = (new int[stretches.Length * 2], new long[stretches.Length * 2]);
        for (int i = 0; i < stretches.Length; i++)
        {
            (int sequence, int first) = stretches[i];
            long pairs = (long)Math.Min(queries.RowCount(sequence) - first, Attention.QueriesPerItem) * keys.Length(sequence);
            (order[i], negatedCosts[i]) = (i, -pairs);
        }
        negatedCosts.AsSpan(0, stretches.Length).Sort(order.AsSpan(0, stretches.Length));
        return stretches.Length;
    }
}
