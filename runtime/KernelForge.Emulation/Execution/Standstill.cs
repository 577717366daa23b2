using KernelForge.Emulation.Findings;

namespace KernelForge.Emulation.Execution;

/// <summary>No warp can go on: says who waits for what, and stops the launch.</summary>
internal static class Standstill
{
    public static void Report(Grid grid, IReadOnlyList<Block> blocks)
    {
        foreach (Block block in blocks)
            foreach (Warp warp in block.Warps)
                if (warp.Groups.Count > 1 && ReportSplit(grid, warp)) throw new LaunchStoppedException();
        foreach (Block block in blocks)
            foreach (Warp warp in block.Warps)
                foreach (LaneGroup group in warp.Groups)
                    if (group.AtBarrier) ReportBarrier(grid, warp, group);
        throw new LaunchStoppedException();
    }

    public static void ReportIdle(Grid grid, Warp warp, long limit)
    {
        LaneGroup group = warp.Groups.Count > 0 ? warp.Groups[0] : new LaneGroup(0, 1);
        grid.Log.Report(Reports.At(warp, grid.Program.Code[group.Place], Reports.FirstLane(group.Mask), FindingKind.Deadlock,
            $"{limit} instructions went by and no thread wrote anything: the threads wait in a loop for what does not come"));
        throw new LaunchStoppedException();
    }

    // Lanes of one warp that wait at different instructions for each other.
    private static bool ReportSplit(Grid grid, Warp warp)
    {
        LaneGroup? stuck = warp.Groups.FirstOrDefault(g => g.WaitsForLanes);
        if (stuck is null) return false;
        Instruction instruction = grid.Program.Code[stuck.Place];
        IEnumerable<string> others = warp.Groups.Where(g => !ReferenceEquals(g, stuck))
            .Select(g => $"lanes {Gathering.Lanes(g.Mask)} wait at PTX line {grid.Program.Code[g.Place].Source.Line}");
        FindingKind kind = instruction.Flow == Flow.Gather && instruction.E >= 0 ? FindingKind.ShuffleMask : FindingKind.DivergentBarrier;
        grid.Log.Report(Reports.At(warp, instruction, Reports.FirstLane(stuck.Mask), kind,
            $"lanes {Gathering.Lanes(stuck.Mask)} wait here while {string.Join("; ", others)}"));
        return true;
    }

    private static void ReportBarrier(Grid grid, Warp warp, LaneGroup group)
    {
        Instruction instruction = grid.Program.Code[group.Place];
        Barrier barrier = warp.Block.Barriers[group.Barrier];
        bool othersAreGone = barrier.Expected == warp.Block.Threads
            && Array.TrueForAll(warp.Block.Warps, w => w.IsFinished || w.Groups.Any(g => g.AtBarrier && g.Barrier == group.Barrier));
        grid.Log.Report(Reports.At(warp, instruction, Reports.FirstLane(group.Mask),
            othersAreGone ? FindingKind.DivergentBarrier : FindingKind.Deadlock,
            $"{barrier.Arrived} of {barrier.Expected} threads arrived at barrier {group.Barrier}; " +
            (othersAreGone ? "the others have exited" : "no thread that could still come can go on")));
    }
}
