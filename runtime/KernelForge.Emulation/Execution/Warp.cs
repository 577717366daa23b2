using System.Numerics;
using KernelForge.Emulation.Findings;
using KernelForge.Emulation.Memory;

namespace KernelForge.Emulation.Execution;

/// <summary>
/// Thirty-two lanes, their registers, and where each stands. Lanes that stand apart run as groups; the group at the smallest place runs
/// first, for compilers lay code out so that this is where the others will come to: groups meet again without any analysis of the flow, in
/// functions and irreducible loops too. Now and then another group runs instead: that keeps a lane alive that holds what others spin for,
/// and tries orders that hardware may choose.
/// </summary>
internal sealed unsafe class Warp : IDisposable
{
    public const uint All = uint.MaxValue;

    private readonly List<LaneGroup> groups = [];
    private readonly Stack<int>?[] returns = new Stack<int>?[32];

    public Warp(Block block, int index, int threads)
    {
        Block = block;
        Index = index;
        Program program = block.Grid.Program;
        Existing = threads >= 32 ? All : (1u << threads) - 1;
        Registers = block.Grid.RentRegisters();
        program.InitialRegisters.CopyTo(new Span<byte>(Registers, program.InitialRegisters.Length));
        foreach ((string name, int offset) in program.Specials) SpecialRegisters.Fill(this, name, (uint*)(Registers + offset));
        Array.Fill(Clocks, block.StartClock);
        LocalStride = (program.LocalBytes + 15) / 16 * 16;
        Local = LocalStride > 0 ? new ShadowedMemory(32L * LocalStride) : null;
        groups.Add(new LaneGroup(0, Existing));
    }

    public Block Block { get; }

    public int Index { get; }

    public byte* Registers { get; }

    /// <summary>Lanes that have a thread.</summary>
    public uint Existing { get; }

    public uint Exited { get; private set; }

    public bool IsFinished => Exited == Existing;

    public IReadOnlyList<LaneGroup> Groups => groups;

    public Clock[] Clocks { get; } = new Clock[32];

    /// <summary>What each lane knew at its last fence: a later atomic write passes it on.</summary>
    public Clock?[] FenceClocks { get; } = new Clock?[32];

    /// <summary>Lanes whose last fence reaches their own block only.</summary>
    public uint BlockFences { get; set; }

    /// <summary>What each lane read from atomic places: a later fence acquires it.</summary>
    public Clock?[] Acquirable { get; } = new Clock?[32];

    public ShadowedMemory? Local { get; }

    public int LocalStride { get; }

    public AsyncCopies Copies { get; } = new();

    public bool CanRun => groups.Exists(g => g.IsReady);

    /// <summary>Runs up to so many instructions; returns early where no group is ready.</summary>
    public void Run(int budget, Random random)
    {
        bool stray = groups.Count > 1 && random.Next(8) == 0;
        LaneGroup? group = Choose(stray ? random : null);
        Instruction[] code = Block.Grid.Program.Code;
        long laneInstructions = 0;
        int steps = 0;
        for (; group is not null && steps < budget; steps++)
        {
            Instruction instruction = code[group.Place];
            uint mask = group.Mask;
            if (instruction.Guard >= 0)
            {
                uint holds = *(uint*)(Registers + instruction.Guard);
                mask &= instruction.GuardNegated ? ~holds : holds;
            }
            laneInstructions += BitOperations.PopCount(mask);
            if (instruction.Flow == Flow.Straight)
            {
                if (mask != 0) instruction.Run(this, instruction, mask);
                group.Place++;
            }
            else if (!Steer(group, instruction, mask)) group = Choose(null);
            if (groups.Count > 1 && group is not null) group = Meet(group, stray);
        }
        Block.Grid.Count(laneInstructions, steps);
    }

    public int ThreadOf(int lane) => Index * 32 + lane;

    public Accessor AccessorOf(int lane, Instruction instruction) =>
        new(Epoch.Of(Block.Number, ThreadOf(lane), Block.Time) | (instruction.IsStrong ? Epoch.Strong : 0), Clocks[lane], instruction.Place);

    public void Dispose()
    {
        Block.Grid.ReturnRegisters(Registers);
        Local?.Dispose();
    }

    private LaneGroup? Choose(Random? random)
    {
        if (random is not null)
        {
            LaneGroup any = groups[random.Next(groups.Count)];
            if (any.IsReady) return any;
        }
        LaneGroup? first = null;
        foreach (LaneGroup group in groups)
            if (group.IsReady && (first is null || group.Place < first.Place)) first = group;
        return first;
    }

    // Groups at the same place become one; unless it strays, the one at the smallest place goes on.
    private LaneGroup Meet(LaneGroup running, bool stray)
    {
        for (int i = groups.Count - 1; i >= 0; i--)
        {
            LaneGroup other = groups[i];
            if (ReferenceEquals(other, running) || other.Place != running.Place || other.AtBarrier || running.AtBarrier) continue;
            running.Mask |= other.Mask;
            running.WaitsForLanes = false;
            groups.RemoveAt(i);
        }
        if (stray && running.IsReady) return running;
        return Choose(null) ?? running;
    }

    // False where the group cannot go on now, or is no more.
    private bool Steer(LaneGroup group, Instruction instruction, uint mask)
    {
        if (mask == 0)
        {
            group.Place++;
            return true;
        }
        switch (instruction.Flow)
        {
            case Flow.Branch:
                if (mask == group.Mask) group.Place = instruction.Target;
                else Split(group, mask, instruction.Target);
                return true;
            case Flow.Call:
                for (int lane = 0; lane < 32; lane++)
                    if ((mask >> lane & 1) != 0) (returns[lane] ??= new Stack<int>()).Push(instruction.Place + 1);
                goto case Flow.Branch;
            case Flow.Switch: return Switch(group, instruction, mask);
            case Flow.Return: return Return(group, mask);
            case Flow.Exit: return Exit(group, mask);
            case Flow.Trap:
                Block.Grid.Log.Report(Reports.At(this, instruction, Reports.FirstLane(mask), FindingKind.Trap, "the kernel gave up"));
                throw new LaunchStoppedException();
            case Flow.Gather: return Gather(group, instruction, mask);
            default: return Arrive(group, instruction, mask);
        }
    }

    // Lanes of the mask go to the target, the others to the next instruction.
    private void Split(LaneGroup group, uint mask, int target)
    {
        groups.Add(new LaneGroup(target, mask));
        group.Mask &= ~mask;
        group.Place++;
    }

    // The lanes of the mask go where their registers say.
    private bool Switch(LaneGroup group, Instruction instruction, uint mask)
    {
        uint* choices = (uint*)(Registers + instruction.A);
        int[] targets = instruction.Registers;
        group.Mask &= ~mask;
        while (mask != 0)
        {
            int first = Reports.FirstLane(mask);
            uint choice = choices[first];
            if (choice >= targets.Length)
            {
                Block.Grid.Log.Report(Reports.At(this, instruction, first, FindingKind.OutOfBounds,
                    $"the branch has the targets 0 to {targets.Length - 1} and not {choice}"));
                throw new LaunchStoppedException();
            }
            uint same = 0;
            for (int lane = first; lane < 32; lane++)
                if ((mask >> lane & 1) != 0 && choices[lane] == choice) same |= 1u << lane;
            groups.Add(new LaneGroup(targets[choice], same));
            mask &= ~same;
        }
        group.Place++;
        if (group.Mask == 0) groups.Remove(group);
        return false;
    }

    private bool Return(LaneGroup group, uint mask)
    {
        uint leaving = 0;
        int after = group.Place + 1;
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0) continue;
            if (returns[lane] is { Count: > 0 } stack) AddTo(stack.Pop(), 1u << lane);
            else leaving |= 1u << lane;
        }
        group.Mask &= ~mask | leaving;
        if (leaving != 0) return Exit(group, leaving);
        group.Place = after;
        if (group.Mask == 0) groups.Remove(group);
        return false;
    }

    private void AddTo(int place, uint lanes)
    {
        LaneGroup? group = groups.Find(g => g.Place == place && !g.AtBarrier);
        if (group is null) groups.Add(new LaneGroup(place, lanes));
        else
        {
            group.Mask |= lanes;
            group.WaitsForLanes = false;
        }
    }

    private bool Exit(LaneGroup group, uint mask)
    {
        Exited |= mask;
        group.Mask &= ~mask;
        group.Place++;
        if (group.Mask == 0) groups.Remove(group);
        foreach (LaneGroup other in groups) other.WaitsForLanes = false;
        Block.Grid.Progressed();
        return group.Mask != 0;
    }

    private void SplitGuardedOff(LaneGroup group, uint mask)
    {
        uint off = group.Mask & ~mask;
        if (off == 0) return;
        groups.Add(new LaneGroup(group.Place + 1, off));
        group.Mask = mask;
    }

    private bool Gather(LaneGroup group, Instruction instruction, uint mask)
    {
        SplitGuardedOff(group, mask);
        if (!Gathering.IsComplete(this, instruction, mask))
        {
            group.WaitsForLanes = true;
            return false;
        }
        instruction.Run(this, instruction, mask);
        group.Place++;
        return true;
    }

    private bool Arrive(LaneGroup group, Instruction instruction, uint mask)
    {
        SplitGuardedOff(group, mask);
        if (instruction.IsAligned && !Gathering.IsWhole(this, instruction, mask))
        {
            group.WaitsForLanes = true;
            return false;
        }
        group.AtBarrier = true;
        Barriers.Arrive(this, group, instruction);
        return group.IsReady;
    }
}
