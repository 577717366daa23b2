using KernelForge.Runtime.Caches;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cpu;

/// <summary>One entry of rows that later rows read: puts the kept and the new ones of a run together, and keeps the new ones.</summary>
internal sealed unsafe class RowKeeper(CacheRun run, CachedRows entry) : IDisposable
{
    private readonly RowBuffer buffer = new();
    private readonly RaggedRows together = new();

    public void Dispose() => buffer.Dispose();

    /// <summary>Of each sequence the kept rows, then the new ones.</summary>
    public KeptRows<TVector> Keep<TVector>(Rows<TVector> view, RaggedRows space) where TVector : unmanaged, IVector<TVector>
    {
        if (view.Columns != entry.Columns)
            throw new ArgumentException($"Rows of {view.Columns} columns, but the layout says {entry.Columns}.");
        if (space.SequenceCount != run.Batch.Length)
            throw new ArgumentException($"{space.SequenceCount} sequences, but the run is on {run.Batch.Length}.");
        KeptRows<TVector> kept = Together(view, space);
        for (int s = 0; s < space.SequenceCount; s++)
        {
            if (entry.IsFew) KeepLast(kept, s);
            else KeepNew(view, space, s);
        }
        return kept;
    }

    private int KeptOf(RaggedRows space, int sequence) => Math.Min(entry.Reach, space.Base(sequence));

    private KeptRows<TVector> Together<TVector>(Rows<TVector> view, RaggedRows space) where TVector : unmanaged, IVector<TVector>
    {
        int kept = 0;
        for (int s = 0; s < space.SequenceCount; s++) kept = checked(kept + KeptOf(space, s));
        if (kept == 0) return new(view, space);
        together.Begin(space.SequenceCount);
        for (int s = 0; s < space.SequenceCount; s++) together.SetLength(s, space.Length(s), space.Base(s) - KeptOf(space, s));
        together.End();
        buffer.Resize(together.Count, entry.Columns);
        Rows<TVector> rows = buffer.View<TVector>();
        for (int s = 0; s < space.SequenceCount; s++)
        {
            int start = together.Start(s), position = together.Base(s);
            for (; position < space.Base(s); position++) Kept(s, position, together.Base(s)).CopyTo(rows[start + position]);
            for (; position < space.Length(s); position++) view[space.Start(s) + position].CopyTo(rows[start + position]);
        }
        return new(rows, together);
    }

    /// <summary>A row that was kept.</summary>
    private ReadOnlySpan<float> Kept(int sequence, int position, int first)
    {
        float* own = entry.IsFew ? (float*)run.StatesBefore(sequence) + entry.Place + ((long)(position - first) * entry.Stride) : null;
        return new(entry.IsFew ? own : InBlock(sequence, position), entry.Columns);
    }

    /// <summary>The last rows of all go into the sequence's own memory, the oldest first.</summary>
    private void KeepLast<TVector>(KeptRows<TVector> kept, int sequence) where TVector : unmanaged, IVector<TVector>
    {
        int length = kept.Space.Length(sequence);
        float* into = (float*)run.StatesAfter(sequence) + entry.Place;
        for (int position = Math.Max(0, length - entry.Reach); position < length; position++, into += entry.Stride)
            kept.Rows[kept.Space.Start(sequence) + position].CopyTo(new Span<float>(into, entry.Columns));
    }

    private void KeepNew<TVector>(Rows<TVector> view, RaggedRows space, int sequence) where TVector : unmanaged, IVector<TVector>
    {
        for (int position = space.Base(sequence); position < space.Length(sequence); position++)
            view[space.Start(sequence) + position].CopyTo(new Span<float>(InBlock(sequence, position), entry.Columns));
    }

    private float* InBlock(int sequence, int position)
    {
        BlockAddresses blocks = run.Memory.Addresses[entry.Slot];
        nint block = blocks.All[blocks.First(sequence) + (position / CacheLayout.BlockRows)];
        return (float*)block + entry.Place + (position % CacheLayout.BlockRows * (long)entry.Stride);
    }
}
