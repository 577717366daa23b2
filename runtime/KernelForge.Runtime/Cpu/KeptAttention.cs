using KernelForge.Runtime.Caches;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cpu;

/// <summary>
/// Keys and values that the sequences of a run left for one attention: what <see cref="Attention.Run"/> takes in an incremental run.
/// </summary>
/// <remarks>
/// New rows go into the sequences' blocks, then the new queries meet all keys there, in place: stretches of queries with one key head each,
/// or, where each sequence has one new query, all heads over parts of the keys (<see cref="DecodeAttention"/>). The order of no sum depends
/// on it.
/// </remarks>
public sealed class KeptAttention
{
    private readonly CacheRun run;
    private readonly CachedAttention entry;
    private readonly DecodeAttention decode;
    private int[] order = [];
    private long[] negatedCosts = [];

    internal KeptAttention(CacheRun run, CachedAttention entry, DecodeAttention decode) =>
        (this.run, this.entry, this.decode) = (run, entry, decode);

    private BlockAddresses Blocks => run.Memory.Addresses[entry.Slot];

    /// <summary>Of the queries' stretches, the one that stands at a place when the costliest come first.</summary>
    internal int StretchOf(int place) => order[place];

    /// <summary>The first key of a sequence that was not given back.</summary>
    internal int FirstKey(int sequence) => Blocks.FirstRow(sequence);

    internal KeptKeys<TVector> Keys<TVector>(int sequence) where TVector : unmanaged, IVector<TVector> =>
        new(Blocks.All, Blocks.First(sequence), entry);

    internal void Run<TVector, TScore, TMask>(
        AttentionCall<TVector, TScore, TMask> call, Rows<TVector> key, Rows<TVector> value, TMask mask)
        where TVector : unmanaged, IVector<TVector>
        where TScore : struct, IScore
        where TMask : struct, IMask
    {
        Check(call, mask);
        var keep = new KeepWork<TVector>(this, call.Keys, key, value, entry);
        if (DecodeAttention.Takes(call.Queries, call.Keys))
        {
            decode.Run(call, this, keep);
            return;
        }
        if (call.Keys.Count > 0) call.Pool.Run(call.Keys.SequenceCount * entry.KeyHeads, keep);
        int stretches = Arrange(call.Queries, call.Keys);
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
                $"{call.Heads.KeyValueHeads} key heads of {call.HeadWidth} and {call.ValueWidth} columns, but the layout says "
                + $"{entry.KeyHeads} of {entry.HeadWidth} and {entry.ValueWidth}.");
        }
        if (call.Keys.SequenceCount != run.Batch.Length)
            throw new ArgumentException($"{call.Keys.SequenceCount} sequences of keys, but the run is on {run.Batch.Length}.");
        if (!run.GoesOn(entry.Slot)) return;
        for (int s = 0; s < call.Queries.SequenceCount; s++)
        {
            int added = call.Queries.RowCount(s), before = call.Queries.Base(s), keys = call.Keys.Length(s);
            if (added == 0 || run.Batch[s].IsFinished) continue;
            Interval those = new(before, (long)before + added - 1), behind = new(keys, int.MaxValue);
            if (mask.Cover(those, behind, s) == Coverage.None) continue;
            throw CacheRun.SeesBehind(s, added, before);
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
