using KernelForge.Emulation.Memory;

namespace KernelForge.Emulation.Execution;

/// <summary>A block of threads that is being run: its warps, shared memory and barriers.</summary>
internal sealed class Block : IDisposable
{
    private readonly SharedRange[] ranges;
    private int lastRange;

    public Block(Grid grid, int number)
    {
        Grid = grid;
        Number = number;
        Index = Index3.Of(number, grid.Shape);
        StartClock = new Clock(number, new Segment(0, null), null);
        ranges = grid.SharedRanges;
        Shared = grid.RentShared();
        Uninitialised = new DeferredReads(grid.Log);
        Warps = new Warp[(grid.Threads + 31) / 32];
        for (int i = 0; i < Warps.Length; i++) Warps[i] = new Warp(this, i, grid.Threads - 32 * i);
    }

    public Grid Grid { get; }

    public int Number { get; }

    public Index3 Index { get; }

    public Warp[] Warps { get; }

    public ShadowedMemory Shared { get; }

    /// <summary>Moves on at each synchronisation of threads of this block.</summary>
    public int Time { get; private set; } = 1;

    public Clock StartClock { get; }

    public Barrier[] Barriers { get; } = [.. Enumerable.Range(0, 16).Select(_ => new Barrier())];

    public Dictionary<long, MemoryBarrier> MemoryBarriers { get; } = [];

    public DeferredReads Uninitialised { get; }

    public bool IsFinished => Array.TrueForAll(Warps, w => w.IsFinished);

    public int Threads => Grid.Threads;

    public void Tick()
    {
        if (++Time > Epoch.MaximumTime) throw new InvalidOperationException("a block synchronises too often to be followed");
    }

    public bool IsShared(long offset, int bytes)
    {
        if (lastRange < ranges.Length && ranges[lastRange].Contains(offset, bytes)) return true;
        for (int i = 0; i < ranges.Length; i++)
        {
            if (!ranges[i].Contains(offset, bytes)) continue;
            lastRange = i;
            return true;
        }
        return false;
    }

    /// <summary>The shared variable that holds an offset or lies nearest to it.</summary>
    public SharedRange? Nearest(long offset)
    {
        long Distance(SharedRange range) => offset < range.Offset ? range.Offset - offset : Math.Max(0, offset - range.Offset - range.Bytes + 1);
        return ranges.Length == 0 ? null : ranges.MinBy(Distance);
    }

    public void Dispose()
    {
        foreach (Warp warp in Warps) warp.Dispose();
    }
}
