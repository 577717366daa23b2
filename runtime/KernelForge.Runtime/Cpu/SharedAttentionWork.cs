namespace KernelForge.Runtime.Cpu;

/// <summary>A part of one sequence's keys, or of its values' columns, with one key head: see <see cref="SharedAttention"/>.</summary>
internal readonly unsafe record struct SharedAttentionWork<TVector, TScore, TMask>(
    AttentionCall<TVector, TScore, TMask> Call, KeptAttention Kept, SharedAttention Shared, bool AddsValues = false) : IWork
    where TVector : unmanaged, IVector<TVector>
    where TScore : struct, IScore
    where TMask : struct, IMask
{
    /// <summary>Panels of columns of a head's values.</summary>
    public int ColumnParts => (Call.ValueWidth + AttentionScratch<TVector>.Panel - 1) / AttentionScratch<TVector>.Panel;

    public void Run(int item, int worker)
    {
        int keyHead = item % Call.Heads.KeyValueHeads, rest = item / Call.Heads.KeyValueHeads;
        (int place, int part, int parts) = AddsValues ? (rest / ColumnParts, rest % ColumnParts, ColumnParts) : Shared.PartOf(rest);
        int sequence = Call.Queries.Stretches[Kept.StretchOf(place)].Sequence;
        int row = Call.Queries.FirstRow(sequence), position = Call.Queries.Base(sequence), keyCount = Call.Keys.Length(sequence);
        if (keyCount == 0)
        {
            if (AddsValues && part == 0) Call.Clear(row, row + 1, keyHead);
            return;
        }
        var scratch = new AttentionScratch<TVector>(Call.Pool, worker, keyCount, 0, Call.ValueWidth);
        nint stride = AttentionScratch<TVector>.StrideOf(keyCount);
        float* logits = Shared.Logits(place, keyHead, Call.Group, stride);
        (int, int) range = Call.KeysOf(sequence, position, position + 1, Kept.FirstKey(sequence), keyCount);
        KeptKeys<TVector> panels = Kept.Keys<TVector>(sequence, keyHead);
        for (int h = 0; h < Call.Group; h += TVector.TileRows)
        {
            var tile = new AttentionTile(
                sequence, row, position, (keyHead * Call.Group) + h, Math.Min(TVector.TileRows, Call.Group - h), OfHeads: true);
            int count = Call.FindPanels(tile, range, scratch);
            AttentionScratch<TVector> all = scratch with { Scores = logits + (h * stride), ScoreStride = stride };
            if (AddsValues)
            {
                Call.Weigh(tile, all, scratch, count);
                int first = part * AttentionScratch<TVector>.Panel;
                Call.AddValues(tile, panels, scratch, count, first, Math.Min(Call.ValueWidth, first + AttentionScratch<TVector>.Panel));
            }
            else
            {
                Call.Logits(tile, panels, all, Even.Start(0, count, part, parts), Even.Start(0, count, part + 1, parts));
            }
        }
    }
}
