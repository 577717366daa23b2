using System.Runtime.InteropServices;
using KernelForge.Emulation.Findings;
using KernelForge.Emulation.Memory;

namespace KernelForge.Emulation.Execution;

/// <summary>
/// One launch. Several blocks are under way at a time, and which warp runs next, and for how long, is drawn from a seed. Blocks start in the
/// order of their index, as on hardware, for kernels may wait for blocks before their own.
/// </summary>
internal sealed unsafe class Grid(
    Program program, Index3 shape, Index3 blockShape, int dynamicSharedBytes, Allocation parameters, AddressSpace addresses, FindingLog log,
    int seed, long idleLimit) : IDisposable
{
    private const int LongestTurn = 192;

    private readonly Random random = new(seed);
    private readonly List<Block> resident = [];
    private readonly List<Warp> runnable = [];
    private readonly Stack<ShadowedMemory> freeShared = [];
    private readonly Stack<nint> freeRegisters = [];
    private readonly HashSet<Warp> waiting = [];
    private int started;
    private long idle;

    public Program Program { get; } = program;

    public Index3 Shape { get; } = shape;

    public Index3 BlockShape { get; } = blockShape;

    public int Threads { get; } = (int)blockShape.Volume;

    public int DynamicSharedBytes { get; } = dynamicSharedBytes;

    public Allocation Parameters { get; } = parameters;

    public AddressSpace Addresses { get; } = addresses;

    public FindingLog Log { get; } = log;

    public SharedRange[] SharedRanges { get; } = program.Shared.Ranges(dynamicSharedBytes);

    public DeferredReads Uninitialised { get; } = new(log);

    public LaunchStatistics Statistics { get; } = new() { Launches = 1 };

    public void Run()
    {
        int most = 1 + random.Next(8);
        try
        {
            while (StartBlocks(most) || runnable.Count > 0 || resident.Count > 0)
            {
                if (runnable.Count == 0) Standstill.Report(this, resident);
                Turn();
            }
            Uninitialised.Report();
        }
        catch (LaunchStoppedException)
        {
            // The findings say why; what the threads had in hand is lost, as after a fault on hardware.
        }
    }

    public ShadowedMemory RentShared()
    {
        if (!freeShared.TryPop(out ShadowedMemory? memory)) memory = new ShadowedMemory(Program.Shared.TotalBytes(DynamicSharedBytes));
        memory.Empty();
        return memory;
    }

    public byte* RentRegisters() => freeRegisters.TryPop(out nint free)
        ? (byte*)free
        : (byte*)NativeMemory.AlignedAlloc((nuint)Program.InitialRegisters.Length, 64);

    public void ReturnRegisters(byte* registers) => freeRegisters.Push((nint)registers);

    public void Count(long laneInstructions, int warpInstructions)
    {
        Statistics.LaneInstructions += laneInstructions;
        Statistics.WarpInstructions += warpInstructions;
        idle += warpInstructions;
    }

    /// <summary>Something changed that others may wait for.</summary>
    public void Progressed() => idle = 0;

    /// <summary>A warp that waited at a barrier may go on.</summary>
    public void Wake(Warp warp)
    {
        if (waiting.Remove(warp)) runnable.Add(warp);
    }

    public void Dispose()
    {
        foreach (Block block in resident) block.Dispose();
        foreach (Block block in resident) block.Shared.Dispose();
        foreach (ShadowedMemory memory in freeShared) memory.Dispose();
        foreach (nint registers in freeRegisters) NativeMemory.AlignedFree((void*)registers);
    }

    private bool StartBlocks(int most)
    {
        bool any = false;
        for (; resident.Count < most && started < Shape.Volume; started++, any = true)
        {
            var block = new Block(this, started);
            resident.Add(block);
            runnable.AddRange(block.Warps);
        }
        return any;
    }

    private void Turn()
    {
        int index = random.Next(runnable.Count);
        Warp warp = runnable[index];
        warp.Run(1 + random.Next(LongestTurn), random);
        if (idle > idleLimit) Standstill.ReportIdle(this, warp, idleLimit);
        if (warp.CanRun) return;
        runnable[index] = runnable[^1];
        runnable.RemoveAt(runnable.Count - 1);
        if (!warp.IsFinished) waiting.Add(warp);
        else if (warp.Block.IsFinished) Finish(warp.Block);
    }

    private void Finish(Block block)
    {
        block.Uninitialised.Report();
        foreach (Warp warp in block.Warps) warp.Copies.ReportOutstanding(warp);
        resident.Remove(block);
        freeShared.Push(block.Shared);
        block.Dispose();
    }
}
