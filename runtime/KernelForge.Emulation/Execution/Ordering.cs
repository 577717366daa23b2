using KernelForge.Emulation.Memory;

namespace KernelForge.Emulation.Execution;

/// <summary>
/// What fences, strong loads and stores and atomics order: a release passes on what the thread knows, an acquire takes it; a relaxed
/// operation does so together with a fence before (release) or after (acquire) it.
/// </summary>
internal static class Ordering
{
    public static void Fence(Warp warp, Instruction instruction, uint mask)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0) continue;
            if (warp.Acquirable[lane] is { } learnt)
            {
                warp.Clocks[lane] = warp.Clocks[lane].Join(learnt);
                warp.Acquirable[lane] = null;
            }
            warp.FenceClocks[lane] = Now(warp, lane);
            if (instruction.BlockScope) warp.BlockFences |= 1u << lane;
            else warp.BlockFences &= ~(1u << lane);
        }
        warp.Block.Tick();
    }

    /// <summary>bar.warp.sync orders what the lanes of the mask did before it with what they do after it.</summary>
    public static unsafe void SyncWarp(Warp warp, Instruction instruction, uint mask)
    {
        uint* masks = (uint*)(warp.Registers + instruction.E);
        for (uint left = mask; left != 0;)
        {
            uint members = masks[Reports.FirstLane(left)] & mask;
            if (members == 0) members = 1u << Reports.FirstLane(left);
            left &= ~members;
            Clock joined = warp.Clocks[Reports.FirstLane(members)];
            for (int lane = 0; lane < 32; lane++)
                if ((members >> lane & 1) != 0) joined = joined.Join(warp.Clocks[lane]);
            for (int lane = 0; lane < 32; lane++)
                if ((members >> lane & 1) != 0) joined = joined.With(warp.ThreadOf(lane), warp.Block.Time, warp.Block.Threads);
            for (int lane = 0; lane < 32; lane++)
                if ((members >> lane & 1) != 0) warp.Clocks[lane] = joined;
        }
        warp.Block.Tick();
    }

    public static void AfterLoad(Warp warp, Instruction instruction, int lane, in Place place)
    {
        if (place.IsCommon) Learn(warp, instruction, lane, place.Memory.SyncAt(place.Offset));
    }

    public static void BeforeStore(Warp warp, Instruction instruction, int lane, in Place place)
    {
        if (!place.IsCommon) return;
        SyncVariable variable = place.Memory.SyncAt(place.Offset);
        (Clock? published, bool blockOnly) = Published(warp, instruction, lane);
        variable.Released = published;
        variable.OnlyBlock = blockOnly ? warp.Block.Number : -1;
    }

    /// <summary>A read and write at once: it learns what was released here, and adds to it, so that a chain of atomics passes everything on.</summary>
    public static void Atomic(Warp warp, Instruction instruction, int lane, in Place place)
    {
        if (!place.IsCommon) return;
        SyncVariable variable = place.Memory.SyncAt(place.Offset);
        (Clock? published, bool blockOnly) = Published(warp, instruction, lane);
        Clock? before = variable.Released;
        Learn(warp, instruction, lane, variable);
        if (published is null) return;
        variable.OnlyBlock = blockOnly ? warp.Block.Number : -1;
        variable.Released = before is null ? published : before.Join(published);
    }

    /// <summary>What a thread knows, itself up to now.</summary>
    public static Clock Now(Warp warp, int lane) =>
        warp.Clocks[lane].With(warp.ThreadOf(lane), warp.Block.Time, warp.Block.Threads);

    private static void Learn(Warp warp, Instruction instruction, int lane, SyncVariable variable)
    {
        if (variable.For(warp.Block.Number) is not { } released) return;
        if (instruction.Acquires) warp.Clocks[lane] = warp.Clocks[lane].Join(released);
        else warp.Acquirable[lane] = warp.Acquirable[lane]?.Join(released) ?? released;
    }

    private static (Clock? Clock, bool BlockOnly) Published(Warp warp, Instruction instruction, int lane) => instruction.Releases
        ? (Now(warp, lane), instruction.BlockScope)
        : (warp.FenceClocks[lane], (warp.BlockFences >> lane & 1) != 0 || instruction.BlockScope);
}
