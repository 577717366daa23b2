namespace KernelForge.Runtime.Cpu;

/// <summary>
/// One stretch of new queries of one sequence against one key head, whose keys were kept: see <see cref="KeptAttention"/>.
/// </summary>
internal readonly struct KeptAttentionWork<TVector, TScore, TMask>(AttentionCall<TVector, TScore, TMask> call, KeptAttention kept) : IWork
    where TVector : unmanaged, IVector<TVector>
    where TScore : struct, IScore
    where TMask : struct, IMask
{
    public void Run(int item, int worker)
    {
        int keyHead = item % call.Heads.KeyValueHeads;
        (int sequence, int first) = call.Queries.Stretches[kept.StretchOf(item / call.Heads.KeyValueHeads)];
        int end = Math.Min(call.Queries.RowCount(sequence), first + Attention.QueriesPerItem);
        int keyCount = call.Keys.Length(sequence), before = call.Queries.Base(sequence);
        if (keyCount == 0)
        {
            call.Clear(call.Queries.FirstRow(sequence) + first, call.Queries.FirstRow(sequence) + end, keyHead);
            return;
        }
        var scratch = new AttentionScratch<TVector>(call.Pool, worker, keyCount, 0, TVector.TileRows, call.ValueWidth);
        (int, int) range = call.KeysOf(sequence, before + first, before + end, kept.FirstKey(sequence), keyCount);
        var products = new FloatProducts<TVector, KeptKeys<TVector>>(kept.Keys<TVector>(sequence), keyHead, call.HeadWidth, call.ValueWidth);
        call.Run<FloatProducts<TVector, KeptKeys<TVector>>, FloatWeights>(sequence, first, end, keyHead, range, products, scratch);
    }
}
