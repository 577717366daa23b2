using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Caches;

/// <summary>
/// The memory of all sequences of a cache: a pool of blocks for each row space that has any, and one of the sequences' own memory.
/// </summary>
internal sealed unsafe class CacheMemory : IDisposable
{
    private readonly BlockPool?[] spaces;
    private readonly BlockPool? states;

    public CacheMemory(CacheLayout layout, long budget)
    {
        Layout = layout;
        spaces = [.. layout.Spaces.Select(s => s.BlockFloats == 0 ? null : new BlockPool(s.BlockFloats, budget))];
        states = layout.StateFloats == 0 ? null : new BlockPool(2 * layout.StateFloats, budget);
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

    /// <summary>One of the two copies of a sequence's own memory.</summary>
    public float* States(CachedSequence sequence, int copy) => states!.Address(sequence.States) + (copy * Layout.StateFloats);

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
            NativeFloats.Copy(States(sequence, sequence.Copy), States(fork, fork.Copy), Layout.StateFloats);
        }
        sequence.Lengths.CopyTo(fork.Lengths, 0);
        for (int slot = 0; slot < spaces.Length; slot++) fork.Tables[slot] = sequence.Tables[slot]?.Fork(spaces[slot]!);
        return fork;
    }

    public void Dispose()
    {
        foreach (BlockPool? pool in spaces) pool?.Dispose();
        states?.Dispose();
    }
}
