using System.Numerics;
using KernelForge.Emulation.Findings;
using KernelForge.Emulation.Memory;

namespace KernelForge.Emulation.Execution;

internal enum BarrierKind { Sync, Arrive, Popc, And, Or }

/// <summary>One of a block's sixteen barriers.</summary>
internal sealed class Barrier
{
    public int Arrived { get; set; }

    public int Expected { get; set; }

    public List<(Warp Warp, LaneGroup Group, Instruction Instruction)> Waiting { get; } = [];

    /// <summary>Of each thread that arrived without waiting: when.</summary>
    public List<(int Thread, int Time)> Passed { get; } = [];

    /// <summary>What those who arrived know.</summary>
    public Clock? Joined { get; set; }

    /// <summary>How many of them have brought a predicate that holds.</summary>
    public int Holding { get; set; }

    public void Reset()
    {
        (Arrived, Expected, Holding, Joined) = (0, 0, 0, null);
        Waiting.Clear();
        Passed.Clear();
    }
}

/// <summary>bar and barrier: sync, arrive and the reductions.</summary>
internal static unsafe class Barriers
{
    public static void Arrive(Warp warp, LaneGroup group, Instruction instruction)
    {
        Block block = warp.Block;
        uint mask = group.Mask;
        int lane = Reports.FirstLane(mask);
        int number = (int)((uint*)(warp.Registers + instruction.A))[lane];
        bool counted = instruction.B >= 0;
        int expected = counted ? (int)((uint*)(warp.Registers + instruction.B))[lane] : block.Threads;
        if (number is < 0 or > 15) Stop(warp, instruction, lane, FindingKind.DivergentBarrier, $"there is no barrier {number}: a block has 0 to 15");
        Barrier barrier = block.Barriers[number];
        if (barrier.Expected != 0 && barrier.Expected != expected)
            Stop(warp, instruction, lane, FindingKind.DivergentBarrier,
                $"barrier {number} is expected to see {expected} threads here and {barrier.Expected} by those who arrived before");

        group.Barrier = number;
        barrier.Expected = expected;
        barrier.Arrived += counted && instruction.IsAligned ? 32 : BitOperations.PopCount(mask);
        var kind = (BarrierKind)instruction.Immediate;
        if (kind > BarrierKind.Arrive)
        {
            uint holds = *(uint*)(warp.Registers + instruction.C);
            barrier.Holding += BitOperations.PopCount((instruction.Negated ? ~holds : holds) & mask);
        }
        for (int i = 0; i < 32; i++)
        {
            if ((mask >> i & 1) == 0) continue;
            barrier.Joined = barrier.Joined?.Join(warp.Clocks[i]) ?? warp.Clocks[i];
            if (kind == BarrierKind.Arrive) barrier.Passed.Add((warp.ThreadOf(i), block.Time));
        }
        if (kind == BarrierKind.Arrive)
        {
            block.Tick();
            group.Resume();
        }
        else barrier.Waiting.Add((warp, group, instruction));
        if (barrier.Arrived >= barrier.Expected) Complete(block, barrier);
    }

    private static void Complete(Block block, Barrier barrier)
    {
        // Whoever waited did nothing since it arrived: it is known up to now.
        int[] times = new int[block.Threads];
        foreach ((int thread, int time) in barrier.Passed) times[thread] = time;
        foreach ((Warp warp, LaneGroup group, _) in barrier.Waiting)
            for (int lane = 0; lane < 32; lane++)
                if ((group.Mask >> lane & 1) != 0) times[warp.ThreadOf(lane)] = block.Time;
        Clock joined = barrier.Joined!;
        Clock after = joined.With(joined.Own.Join(new Segment(0, times)));
        foreach ((Warp warp, LaneGroup group, Instruction instruction) in barrier.Waiting)
        {
            WriteResult(warp, group.Mask, instruction, barrier);
            for (int lane = 0; lane < 32; lane++)
                if ((group.Mask >> lane & 1) != 0) warp.Clocks[lane] = after;
            group.Resume();
            block.Grid.Wake(warp);
        }
        barrier.Reset();
        block.Tick();
        block.Grid.Progressed();
    }

    private static void WriteResult(Warp warp, uint mask, Instruction instruction, Barrier barrier)
    {
        byte* result = warp.Registers + instruction.D;
        switch ((BarrierKind)instruction.Immediate)
        {
            case BarrierKind.Popc:
                for (int lane = 0; lane < 32; lane++)
                    if ((mask >> lane & 1) != 0) ((uint*)result)[lane] = (uint)barrier.Holding;
                break;
            case BarrierKind.And: Set(barrier.Holding == barrier.Arrived); break;
            case BarrierKind.Or: Set(barrier.Holding > 0); break;
        }

        void Set(bool holds) => *(uint*)result = holds ? *(uint*)result | mask : *(uint*)result & ~mask;
    }

    private static void Stop(Warp warp, Instruction instruction, int lane, FindingKind kind, string message)
    {
        warp.Block.Grid.Log.Report(Reports.At(warp, instruction, lane, kind, message));
        throw new LaunchStoppedException();
    }
}
