using KernelForge.Runtime.Caches;

namespace KernelForge.Runtime.Cpu;

/// <summary>Puts the new keys and values of one sequence and key head into its blocks.</summary>
internal readonly unsafe struct KeepWork<TVector>(
    KeptAttention kept, RaggedRows keys, Rows<TVector> key, Rows<TVector> value, CachedAttention entry) : IWork
    where TVector : unmanaged, IVector<TVector>
{
    private static int Panel => 2 * TVector.Count;

    public void Run(int item, int worker) => Keep(keys.ByLength[item / entry.KeyHeads], item % entry.KeyHeads);

    public void Keep(int sequence, int keyHead)
    {
        KeptKeys<TVector> into = kept.Keys<TVector>(sequence);
        int start = keys.Start(sequence), end = keys.Length(sequence);
        for (int j = keys.Base(sequence); j < end;)
        {
            int lane = j % Panel, count = Math.Min(Panel - lane, end - j);
            float* from = key.Address(start + j, keyHead * entry.HeadWidth);
            Turned.Fill(from, key.Stride, count, entry.HeadWidth, into.Keys(j - lane, keyHead) + lane, Panel);
            for (int c = 0; c < entry.ValueWidth; c += Panel)
            {
                int rows = count, columns = Math.Min(Panel, entry.ValueWidth - c);
                float* target = into.Values(j, keyHead, c, out nint stride, ref rows);
                for (int r = 0; r < count; r++)
                {
                    float* source = value.Address(start + j + r, (keyHead * entry.ValueWidth) + c);
                    new ReadOnlySpan<float>(source, columns).CopyTo(new Span<float>(target + (r * stride), columns));
                }
            }
            j += count;
        }
    }
}
