using System.Runtime.InteropServices;
using KernelForge.Emulation.Findings;
using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>A copy under way from global to shared memory. The source is read when it ends: as late as the rules allow.</summary>
internal readonly struct AsyncCopy(
    Instruction instruction, int lane, int group, ShadowedMemory? source, long sourceOffset, ulong sourceAddress, int sourceBytes, int target, ulong pending)
{
    public Instruction Instruction { get; } = instruction;

    public int Lane { get; } = lane;

    /// <summary>How many groups its lane had committed when it began.</summary>
    public int Group { get; } = group;

    /// <summary>Null where nothing is read and the target becomes zero.</summary>
    public ShadowedMemory? Source { get; } = source;

    public long SourceOffset { get; } = sourceOffset;

    public ulong SourceAddress { get; } = sourceAddress;

    public int SourceBytes { get; } = sourceBytes;

    /// <summary>Offset in shared memory.</summary>
    public int Target { get; } = target;

    public ulong Pending { get; } = pending;
}

/// <summary>The copies that the lanes of a warp have under way, oldest first.</summary>
internal sealed class AsyncCopies
{
    private readonly List<AsyncCopy> underWay = [];
    private readonly int[] committed = new int[32];

    public int GroupOf(int lane) => committed[lane];

    public void Add(in AsyncCopy copy) => underWay.Add(copy);

    public void Commit(uint lanes)
    {
        for (int lane = 0; lane < 32; lane++)
            if (Lanes.Has(lanes, lane)) committed[lane]++;
    }

    /// <summary>Completes what the lanes began, but for their last groups: so many, and what is not committed.</summary>
    public void Complete(Warp warp, uint lanes, int remaining) => Complete(warp, lanes, remaining, openToo: false);

    /// <summary>Completes all that the lanes began, committed or not.</summary>
    public void CompleteAll(Warp warp, uint lanes) => Complete(warp, lanes, 0, openToo: true);

    /// <summary>Of a block that has ended: copies that nobody waited for.</summary>
    public void ReportOutstanding(Warp warp)
    {
        foreach (AsyncCopy copy in underWay) AsyncCopyOperations.ReportOutstanding(warp, copy);
        underWay.Clear();
    }

    private void Complete(Warp warp, uint lanes, int remaining, bool openToo)
    {
        Span<AsyncCopy> all = CollectionsMarshal.AsSpan(underWay);
        int kept = 0;
        foreach (ref readonly AsyncCopy copy in all)
        {
            bool ends = Lanes.Has(lanes, copy.Lane) && (openToo || copy.Group < committed[copy.Lane] - remaining);
            if (ends) AsyncCopyOperations.Complete(warp, copy);
            else all[kept++] = copy;
        }
        underWay.RemoveRange(kept, underWay.Count - kept);
    }
}

/// <summary>cp.async and its groups.</summary>
internal static unsafe class AsyncCopyOperations
{
    /// <summary>A: target, B: source (with Target as its offset), Width bytes, of which register C (where there) are copied, or none where predicate E holds; the rest zero.</summary>
    public static void Start(Warp warp, Instruction instruction, uint mask)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0) continue;
            int bytes = instruction.Width;
            int copied = instruction.C < 0 ? bytes : (int)Math.Min((uint)bytes, ((uint*)(warp.Registers + instruction.C))[lane]);
            if (instruction.E >= 0 && Lanes.Has(Lanes.Predicate(warp, instruction.E, instruction.Negated), lane)) copied = 0;
            ulong to = Accesses.AddressOf(warp, instruction, lane);
            ulong from = ((ulong*)(warp.Registers + instruction.B))[lane] + (ulong)instruction.Target;
            if (!Accesses.Resolve(warp, instruction, lane, to, StateSpace.Shared, bytes, isWrite: true, out Place target)) continue;
            if (!FindSource(warp, instruction, lane, from, bytes, copied, out Place? source)) continue;

            Accessor who = warp.AccessorOf(lane, instruction);
            who = who with { Epoch = who.Epoch | Epoch.Pending | Epoch.Async };
            Conflict conflict = default;
            if (!target.Memory.Races.Write(who, target.Offset, bytes, ref conflict))
                Accesses.ReportWrite(warp, instruction, lane, target, bytes, conflict);
            warp.Copies.Add(new AsyncCopy(instruction, lane, warp.Copies.GroupOf(lane), source?.Memory, source?.Offset ?? 0,
                source?.Address ?? 0, copied, (int)target.Offset, who.Epoch));
            warp.Block.Grid.Statistics.GlobalBytesRead += copied;
        }
    }

    public static void Commit(Warp warp, Instruction instruction, uint mask) => warp.Copies.Commit(mask);

    public static void WaitGroup(Warp warp, Instruction instruction, uint mask) =>
        warp.Copies.Complete(warp, mask, (int)instruction.Immediate);

    public static void WaitAll(Warp warp, Instruction instruction, uint mask) => warp.Copies.CompleteAll(warp, mask);

    public static void Complete(Warp warp, in AsyncCopy copy)
    {
        ShadowedMemory shared = warp.Block.Shared;
        int bytes = copy.Instruction.Width;
        var target = new Span<byte>(shared.Data + copy.Target, bytes);
        target[copy.SourceBytes..].Clear();
        if (copy.Source is { } source)
        {
            for (int done = 0; done < copy.SourceBytes;)
            {
                int part = Part(copy.SourceBytes - done);
                var place = new Place(source, copy.SourceOffset + done, StateSpace.Global, copy.SourceAddress + (ulong)done);
                Accesses.CheckRead(warp, copy.Instruction, copy.Lane, place, part);
                done += part;
            }
            new ReadOnlySpan<byte>(source.Data + copy.SourceOffset, copy.SourceBytes).CopyTo(target);
        }
        shared.Written.Set(copy.Target, bytes);
        ulong now = Epoch.Of(warp.Block.Number, warp.ThreadOf(copy.Lane), warp.Block.Time);
        shared.Races.Complete(copy.Pending, now, copy.Target, bytes);
        warp.Block.Grid.Progressed();
    }

    public static void ReportOutstanding(Warp warp, in AsyncCopy copy) => warp.Block.Grid.Log.Report(
        Reports.At(warp, copy.Instruction, copy.Lane, FindingKind.AsyncNotWaited, "the block ended before this asynchronous copy was waited for",
            StateSpace.Shared, AddressSpace.SharedBase + (ulong)copy.Target, copy.Instruction.Width, isWrite: true));

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

    // The largest power of two that is left: every part lies within its own alignment.
    private static int Part(int left) => left >= 16 ? 16 : left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
}
