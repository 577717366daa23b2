using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>An mbarrier object. Its bytes in shared memory hold nothing that a kernel may look at.</summary>
internal sealed class MemoryBarrier(int expected)
{
    public int Expected { get; } = expected;

    public int Pending { get; set; } = expected;

    public int Phase { get; set; }

    /// <summary>What those know who arrived in this phase.</summary>
    public Clock? Gathering { get; set; }

    /// <summary>What those knew who arrived in the phases before.</summary>
    public Clock? Completed { get; set; }
}

/// <summary>mbarrier.init, arrive and test_wait: an arrival releases, a wait that succeeds acquires.</summary>
internal static unsafe class MemoryBarriers
{
    public static void Initialise(Warp warp, Instruction instruction, uint mask)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0 || !Resolve(warp, instruction, lane, out Place place)) continue;
            long zero = 0;
            Accesses.CheckWrite(warp, instruction, lane, place, 8, (byte*)&zero);
            warp.Block.MemoryBarriers[place.Offset] = new MemoryBarrier((int)((uint*)(warp.Registers + instruction.B))[lane]);
        }
    }

    public static void Invalidate(Warp warp, Instruction instruction, uint mask)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0 || !Resolve(warp, instruction, lane, out Place place)) continue;
            long zero = 0;
            Accesses.CheckWrite(warp, instruction, lane, place, 8, (byte*)&zero);
            warp.Block.MemoryBarriers.Remove(place.Offset);
        }
    }

    public static void Arrive(Warp warp, Instruction instruction, uint mask)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0 || Find(warp, instruction, lane) is not { } barrier) continue;
            int count = instruction.B >= 0 ? (int)((uint*)(warp.Registers + instruction.B))[lane] : 1;
            if (instruction.D >= 0) ((ulong*)(warp.Registers + instruction.D))[lane] = (ulong)barrier.Phase;
            Clock now = Ordering.Now(warp, lane);
            barrier.Gathering = barrier.Gathering?.Join(now) ?? now;
            barrier.Pending -= count;
            if (barrier.Pending > 0) continue;
            barrier.Completed = barrier.Gathering;
            barrier.Pending = barrier.Expected;
            barrier.Phase++;
            warp.Block.Grid.Progressed();
        }
        warp.Block.Tick();
    }

    /// <summary>D holds the predicate; B the state that an arrival gave, or the parity of the phase.</summary>
    public static void Test(Warp warp, Instruction instruction, uint mask)
    {
        uint done = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0 || Find(warp, instruction, lane) is not { } barrier) continue;
            bool isOver = instruction.Negated
                ? (barrier.Phase & 1) != (((uint*)(warp.Registers + instruction.B))[lane] & 1)
                : (ulong)barrier.Phase != ((ulong*)(warp.Registers + instruction.B))[lane];
            if (!isOver) continue;
            done |= 1u << lane;
            warp.Clocks[lane] = warp.Clocks[lane].Join(barrier.Completed);
        }
        uint* predicate = (uint*)(warp.Registers + instruction.D);
        *predicate = (*predicate & ~mask) | done;
    }

    private static bool Resolve(Warp warp, Instruction instruction, int lane, out Place place) => Accesses.Resolve(
        warp, instruction, lane, Accesses.AddressOf(warp, instruction, lane), StateSpace.Shared, 8, isWrite: true, out place);

    private static MemoryBarrier? Find(Warp warp, Instruction instruction, int lane)
    {
        if (!Resolve(warp, instruction, lane, out Place place)) return null;
        Accesses.CheckRead(warp, instruction, lane, place, 8);
        return warp.Block.MemoryBarriers.GetValueOrDefault(place.Offset);
    }
}
