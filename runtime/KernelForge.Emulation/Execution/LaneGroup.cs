namespace KernelForge.Emulation.Execution;

/// <summary>Lanes of a warp that stand at the same instruction and go on together.</summary>
internal sealed class LaneGroup(int place, uint mask)
{
    public int Place { get; set; } = place;

    public uint Mask { get; set; } = mask;

    /// <summary>It needs other lanes to come to the same instruction.</summary>
    public bool WaitsForLanes { get; set; }

    /// <summary>The block barrier that it arrived at last.</summary>
    public int Barrier { get; set; }

    /// <summary>It has arrived at a block barrier that is not complete.</summary>
    public bool AtBarrier { get; set; }

    /// <summary>The barrier that the group waited at is complete.</summary>
    public void Resume()
    {
        AtBarrier = false;
        Place++;
    }

    public bool IsReady => !WaitsForLanes && !AtBarrier;
}

/// <summary>The launch cannot go on; what was found says why.</summary>
internal sealed class LaunchStoppedException : Exception;
