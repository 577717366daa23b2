using KernelForge.Emulation.Findings;
using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>A copy under way from global to shared memory. The source is read when it ends: as late as the rules allow.</summary>
internal readonly record struct AsyncCopy(Instruction Instruction, Place? Source, int SourceBytes, Place Target, int Bytes, ulong Pending);

/// <summary>The copies that each lane of a warp has under way: committed groups, oldest first, and those not yet committed.</summary>
internal sealed class AsyncCopies
{
    private readonly List<AsyncCopy>?[] open = new List<AsyncCopy>?[32];
    private readonly Queue<List<AsyncCopy>>?[] committed = new Queue<List<AsyncCopy>>?[32];

    public void Add(int lane, AsyncCopy copy) => (open[lane] ??= []).Add(copy);

    public void Commit(int lane)
    {
        (committed[lane] ??= new()).Enqueue(open[lane] ?? []);
        open[lane] = null;
    }

    /// <summary>Takes what must be complete for at most so many groups to remain.</summary>
    public IEnumerable<AsyncCopy> TakeGroups(int lane, int remaining)
    {
        while (committed[lane] is { } groups && groups.Count > remaining)
            foreach (AsyncCopy copy in groups.Dequeue()) yield return copy;
    }

    public List<AsyncCopy> TakeOpen(int lane)
    {
        List<AsyncCopy> copies = open[lane] ?? [];
        open[lane] = null;
        return copies;
    }
}

/// <summary>cp.async and its groups.</summary>
internal static unsafe class AsyncCopyOperations
{
    /// <summary>A: target, B: source (with Target as its offset), Width bytes, of which register C (where there) are copied, the rest zero.</summary>
    public static void Start(Warp warp, Instruction instruction, uint mask)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0) continue;
            int bytes = instruction.Width;
            int copied = instruction.C < 0 ? bytes : (int)Math.Min((uint)bytes, ((uint*)(warp.Registers + instruction.C))[lane]);
            ulong to = Accesses.AddressOf(warp, instruction, lane);
            ulong from = ((ulong*)(warp.Registers + instruction.B))[lane] + (ulong)instruction.Target;
            if (!Accesses.Resolve(warp, instruction, lane, to, StateSpace.Shared, bytes, isWrite: true, out Place target)) continue;
            if (!FindSource(warp, instruction, lane, from, bytes, copied, out Place? source)) continue;

            Accessor who = warp.AccessorOf(lane, instruction);
            who = who with { Epoch = who.Epoch | Epoch.Pending | Epoch.Async };
            Conflict conflict = default;
            if (!target.Memory.Races.Write(who, target.Offset, bytes, ref conflict))
                Accesses.ReportWrite(warp, instruction, lane, target, bytes, conflict);
            warp.Copies.Add(lane, new AsyncCopy(instruction, source, copied, target, bytes, who.Epoch));
            warp.Block.Grid.Statistics.GlobalBytesRead += copied;
        }
    }

    public static void Commit(Warp warp, Instruction instruction, uint mask)
    {
        for (int lane = 0; lane < 32; lane++)
            if ((mask >> lane & 1) != 0) warp.Copies.Commit(lane);
    }

    public static void WaitGroup(Warp warp, Instruction instruction, uint mask)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0) continue;
            foreach (AsyncCopy copy in warp.Copies.TakeGroups(lane, (int)instruction.Immediate)) Complete(warp, lane, copy);
        }
    }

    public static void WaitAll(Warp warp, Instruction instruction, uint mask)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0) continue;
            foreach (AsyncCopy copy in warp.Copies.TakeGroups(lane, 0)) Complete(warp, lane, copy);
            foreach (AsyncCopy copy in warp.Copies.TakeOpen(lane)) Complete(warp, lane, copy);
        }
    }

    // The address must be a multiple of the whole width, and exist where anything is read.
    private static bool FindSource(Warp warp, Instruction instruction, int lane, ulong from, int bytes, int copied, out Place? source)
    {
        source = null;
        if (copied == 0) return true;
        if ((from & (ulong)(bytes - 1)) != 0)
        {
            warp.Block.Grid.Log.Report(Reports.At(warp, instruction, lane, FindingKind.Misaligned, $"the source is no multiple of {bytes}",
                StateSpace.Global, from, bytes, isWrite: false));
            return false;
        }
        for (int done = 0; done < copied;)
        {
            int part = Part(copied - done);
            if (!Accesses.Resolve(warp, instruction, lane, from + (ulong)done, StateSpace.Global, part, isWrite: false, out Place place)) return false;
            Accesses.CheckRead(warp, instruction, lane, place, part);
            if (done == 0) source = place;
            done += part;
        }
        return true;
    }

    private static void Complete(Warp warp, int lane, in AsyncCopy copy)
    {
        var target = new Span<byte>(copy.Target.Data, copy.Bytes);
        target[copy.SourceBytes..].Clear();
        if (copy.Source is { } source)
        {
            for (int done = 0; done < copy.SourceBytes;)
            {
                int part = Part(copy.SourceBytes - done);
                var place = new Place(source.Memory, source.Offset + done, source.Space, source.Address + (ulong)done);
                Accesses.CheckRead(warp, copy.Instruction, lane, place, part);
                done += part;
            }
            new ReadOnlySpan<byte>(source.Data, copy.SourceBytes).CopyTo(target);
        }
        copy.Target.Memory.Written.Set(copy.Target.Offset, copy.Bytes);
        ulong now = Epoch.Of(warp.Block.Number, warp.ThreadOf(lane), warp.Block.Time);
        copy.Target.Memory.Races.Complete(copy.Pending, now, copy.Target.Offset, copy.Bytes);
        warp.Block.Grid.Progressed();
    }

    // The largest power of two that is left: every part lies within its own alignment.
    private static int Part(int left) => left >= 16 ? 16 : left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
}
