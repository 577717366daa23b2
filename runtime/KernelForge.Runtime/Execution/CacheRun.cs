using KernelForge.Runtime.Caches;
using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Execution;

/// <summary>A run in progress on sequences of a <see cref="SequenceCache"/>. Without <see cref="Commit"/> nothing has happened.</summary>
public sealed class CacheRun : IDisposable
{
    private readonly SequenceCache cache;
    private readonly CacheMemory memory;
    private readonly BatchCheck check;
    private readonly ReferenceRows reference = new();
    private readonly EmptyInputs empty = new();
    private readonly Action keep, undo;
    private CachedSequence[] batch = [];
    private int count;

    internal CacheRun(SequenceCache cache, CacheMemory memory, string layer)
    {
        (this.cache, this.memory) = (cache, memory);
        check = new BatchCheck(cache, memory.Layout, layer);
        Memory = new Reservation(memory);
        Entries = new KeptEntries(this, memory.Layout);
        (keep, undo) = (Keep, Undo);
    }

    internal bool IsActive { get; private set; }

    internal Reservation Memory { get; }

    internal KeptEntries Entries { get; }

    /// <summary>The sequences of the batch.</summary>
    internal ReadOnlySpan<CachedSequence> Batch => batch.AsSpan(0, count);

    /// <summary>Rows that each sequence had before this run in a row space, [sequences].</summary>
    /// <exception cref="InvalidOperationException">The run has ended.</exception>
    public ReadOnlySpan<int> Past(int space)
    {
        CheckActive();
        return check.Past(space).AsSpan(0, count);
    }

    /// <summary>A batch with the run's sequences and no rows: what an input brings that does not go on.</summary>
    public RaggedBatch EmptyBatch => empty.Batch(count);

    /// <summary>As <see cref="EmptyBatch"/>, for rows of floats.</summary>
    public RaggedMatrix EmptyMatrix(int columns) => empty.Matrix(count, columns);

    /// <summary>Reference only: all rows of an input, earlier ones and these.</summary>
    /// <exception cref="CacheFullException">The budget has no room for the new rows.</exception>
    public RaggedBatch Whole(int input, RaggedBatch added)
    {
        CheckActive();
        cache.CheckRoom("the run", reference.Needed(added));
        return reference.Whole(input, Batch, added);
    }

    /// <summary>Reference only: all rows of an input, earlier ones and these.</summary>
    /// <exception cref="CacheFullException">The budget has no room for the new rows.</exception>
    public RaggedMatrix Whole(int input, RaggedMatrix added)
    {
        CheckActive();
        cache.CheckRoom("the run", reference.Needed(added));
        return reference.Whole(input, Batch, added);
    }

    /// <summary>The run went well: its rows are the sequences' past.</summary>
    /// <exception cref="InvalidOperationException">The run has ended, or the program left out something that is to be kept.</exception>
    public void Commit()
    {
        CheckActive();
        Entries.CheckAllMet();
        cache.End(keep);
    }

    /// <summary>Ends the run; what was not committed is undone.</summary>
    public void Dispose()
    {
        if (IsActive) cache.End(undo);
    }

    /// <summary>What a sequence's own memory held before the run.</summary>
    internal nint StatesBefore(int sequence) => memory.States(batch[sequence], batch[sequence].Copy);

    /// <summary>Where the run puts what it is to hold then.</summary>
    internal nint StatesAfter(int sequence) => memory.States(batch[sequence], batch[sequence].Copy ^ 1);

    /// <summary>The blocks of a row space.</summary>
    internal BlockAddresses Blocks(int space)
    {
        for (int slot = 0; slot < memory.Layout.Spaces.Count; slot++)
            if (memory.Layout.Spaces[slot].Number == space) return Memory.Addresses[slot];
        throw new InvalidOperationException($"the layout has no row space {space}");
    }

    /// <summary>What a run throws where a mask lets new rows see those that have not come yet.</summary>
    internal static ArgumentException SeesBehind(int sequence, int added, int before) => new(
        $"sequence {sequence} of the batch brings {added} rows after {before}, and the mask lets these see rows behind the last: rows "
        + "that see each other, such as a whole chunk, are brought together in one run; where no rows follow, say so by Finish");

    internal bool GoesOn(int slot) => memory.Layout.Spaces[slot].GoesOn;

    internal void Begin(ReadOnlySpan<int> sequences, bool fresh, ReadOnlySpan<AddedRows> added)
    {
        if (batch.Length < sequences.Length) batch = new CachedSequence[sequences.Length * 2];
        count = sequences.Length;
        check.Run(sequences, batch.AsSpan(0, count), fresh, added);
        cache.CheckRoom("the run", Memory.Needed(Batch, check.Added));
        Entries.Begin();
        IsActive = true;
        try
        {
            Memory.Take(Batch, check.Added);
        }
        catch
        {
            Undo();
            throw;
        }
    }

    private void Keep()
    {
        for (int s = 0; s < count; s++)
        {
            CachedSequence sequence = batch[s];
            for (int slot = 0; slot < sequence.Lengths.Length; slot++) sequence.Lengths[slot] += check.Added[slot][s];
            sequence.Copy ^= 1;
            sequence.HasRun = true;
            sequence.HasEnded = sequence.IsFinished;
        }
        reference.Keep(Batch);
        Memory.Keep(Batch);
        IsActive = false;
    }

    private void Undo()
    {
        Memory.Undo(Batch);
        reference.Forget();
        IsActive = false;
    }

    private void CheckActive()
    {
        if (!IsActive) throw new InvalidOperationException("the run on this cache has ended");
    }
}
