using KernelForge.Emulation.Findings;

namespace KernelForge.Emulation.Execution;

/// <summary>Whether the lanes are together that a warp-wide instruction needs, and what it means where they cannot be.</summary>
internal static unsafe class Gathering
{
    /// <summary>
    /// Whether every lane that the instruction's masks name is among the callers. Lanes that have exited cannot come: they are reported, and
    /// the instruction runs without them.
    /// </summary>
    public static bool IsComplete(Warp warp, Instruction instruction, uint callers)
    {
        if (instruction.E < 0) return IsWhole(warp, instruction, callers);
        uint* masks = (uint*)(warp.Registers + instruction.E);
        uint gone = 0, strangers = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            if ((callers >> lane & 1) == 0) continue;
            uint absent = masks[lane] & ~callers;
            if ((absent & warp.Existing & ~warp.Exited) != 0) return false;
            gone |= absent;
            if ((masks[lane] >> lane & 1) == 0) strangers |= 1u << lane;
        }
        if (gone != 0) Report(warp, instruction, callers, $"lanes {Lanes(gone)} are named in the mask but have exited");
        if (strangers != 0) Report(warp, instruction, strangers, $"lanes {Lanes(strangers)} execute the instruction but are not in its mask");
        return true;
    }

    /// <summary>Whether all lanes of the warp are here; stops the launch where some never will be, for they have exited.</summary>
    public static bool IsWhole(Warp warp, Instruction instruction, uint callers)
    {
        if (callers == warp.Existing) return true;
        if (callers != (warp.Existing & ~warp.Exited)) return false;
        warp.Block.Grid.Log.Report(Reports.At(warp, instruction, Reports.FirstLane(callers), FindingKind.DivergentBarrier,
            $"the whole warp must execute this, but lanes {Lanes(warp.Exited)} have exited"));
        throw new LaunchStoppedException();
    }

    /// <summary>For example <c>0..3, 8</c>.</summary>
    public static string Lanes(uint mask)
    {
        var parts = new List<string>();
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0) continue;
            int last = lane;
            while (last < 31 && (mask >> (last + 1) & 1) != 0) last++;
            parts.Add(last == lane ? $"{lane}" : $"{lane}..{last}");
            lane = last;
        }
        return string.Join(", ", parts);
    }

    private static void Report(Warp warp, Instruction instruction, uint lanes, string message) =>
        warp.Block.Grid.Log.Report(Reports.At(warp, instruction, Reports.FirstLane(lanes), FindingKind.ShuffleMask, message));
}
