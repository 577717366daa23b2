using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Caches;

/// <summary>
/// The memory of all sequences of a cache: a pool of blocks for each row space that has any, and one of the sequences' own memory.
/// </summary>
internal sealed class CacheMemory : IDisposable
{
    private readonly CacheStore store;
    private readonly BlockPool?[] spaces;
    private readonly BlockPool? states;

    /// <param name="layout">What sequences keep.</param>
    /// <param name="store">Where it lies; disposed of with this.</param>
    /// <param name="budget">Bytes that may be in use at the same time.</param>
    public CacheMemory(CacheLayout layout, CacheStore store, long budget)
    {
        (Layout, this.store) = (layout, store);
        spaces = [.. layout.Spaces.Select(s => s.BlockBytes == 0 ? null : new BlockPool(store, s.BlockBytes, budget))];
        states = layout.StateBytes == 0 ? null : new BlockPool(store, 2 * layout.StateBytes, budget);
    }

    public CacheLayout Layout { get; }

    /// <summary>Bytes in use; a shared block counts once.</summary>
    public long Used
    {
        get
        {
            long used = states is null ? 0 : states.Taken * states.BlockBytes;
            foreach (BlockPool? pool in spaces) used += pool is null ? 0 : pool.Taken * pool.BlockBytes;
            return used;
        }
    }

    /// <summary>Bytes of a sequence's own memory.</summary>
    public long StateBytes => states?.BlockBytes ?? 0;

    /// <summary>The blocks of a row space; null where it has none.</summary>
    public BlockPool? Pool(int slot) => spaces[slot];

    public void TakeStates(CachedSequence sequence)
    {
        if (states is not null) sequence.States = states.Take();
    }

    public void ReleaseStates(CachedSequence sequence)
    {
        if (sequence.States != BlockTable.None) states!.Release(sequence.States);
        sequence.States = BlockTable.None;
    }

    /// <summary>One of the two copies of a sequence's own memory; 0 where it has none, as when no row behind the newest is read.</summary>
    public nint States(CachedSequence sequence, int copy) =>
        states is null ? 0 : states.Address(sequence.States) + (nint)(copy * Layout.StateBytes);

    public void Release(CachedSequence sequence)
    {
        for (int slot = 0; slot < spaces.Length; slot++) sequence.Tables[slot]?.Cut(0, spaces[slot]!);
        ReleaseStates(sequence);
    }

    /// <summary>A sequence with the same past: its blocks are shared, its own memory is copied.</summary>
    public CachedSequence Fork(CachedSequence sequence)
    {
        var fork = new CachedSequence(spaces.Length)
        {
            Copy = sequence.Copy,
            HasRun = sequence.HasRun,
            IsFinished = sequence.IsFinished,
            HasEnded = sequence.HasEnded,
            Histories = [.. sequence.Histories],
        };
        if (sequence.States != BlockTable.None)
        {
            TakeStates(fork);
            try
            {
                store.Copy(States(sequence, sequence.Copy), States(fork, fork.Copy), Layout.StateBytes);
            }
            catch
            {
                ReleaseStates(fork);
                throw;
            }
        }
        sequence.Lengths.CopyTo(fork.Lengths, 0);
        for (int slot = 0; slot < spaces.Length; slot++) fork.Tables[slot] = sequence.Tables[slot]?.Fork(spaces[slot]!);
        return fork;
    }

    public void Dispose() => store.Dispose();
}
