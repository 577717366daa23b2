using KernelForge.Emulation.Findings;
using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>Where an access goes, after bounds and alignment were checked.</summary>
internal readonly unsafe struct Place(ShadowedMemory memory, long offset, StateSpace space, ulong address)
{
    public ShadowedMemory Memory { get; } = memory;

    public long Offset { get; } = offset;

    public StateSpace Space { get; } = space;

    /// <summary>In its own space.</summary>
    public ulong Address { get; } = address;

    public byte* Data => Memory.Data + Offset;

    /// <summary>Other threads may touch it.</summary>
    public bool IsCommon => Space is StateSpace.Global or StateSpace.Shared;
}

/// <summary>The checks that every access passes. An access that fails them is reported and does not take place: it reads zeros.</summary>
internal static unsafe class Accesses
{
    public static ulong AddressOf(Warp warp, Instruction instruction, int lane) => instruction.IsWideAddress
        ? ((ulong*)(warp.Registers + instruction.A))[lane] + (ulong)instruction.Immediate
        : ((uint*)(warp.Registers + instruction.A))[lane] + (uint)instruction.Immediate;

    /// <summary>Bounds and alignment; false where the access was reported.</summary>
    public static bool Resolve(
        Warp warp, Instruction instruction, int lane, ulong address, StateSpace space, int bytes, bool isWrite, out Place place)
    {
        if (space == StateSpace.Generic) (space, address) = Narrow(address);
        if ((address & (ulong)(bytes - 1)) != 0)
        {
            Report(FindingKind.Misaligned, $"the address is no multiple of {bytes}");
            place = default;
            return false;
        }
        ShadowedMemory? memory;
        long offset;
        if (space == StateSpace.Shared)
        {
            offset = (long)address - AddressSpace.SharedBase;
            memory = warp.Block.IsShared(offset, bytes) ? warp.Block.Shared : null;
        }
        else if (space == StateSpace.Local)
        {
            offset = (long)address - AddressSpace.LocalBase;
            memory = IsLocal(warp, offset, bytes) ? warp.Local : null;
            offset += (long)lane * warp.LocalStride;
        }
        else memory = Global(warp, instruction, address, bytes, isWrite, out offset, out string? fault) ?? Fault(fault);
        place = memory is null ? default : new Place(memory, offset, space, address);
        if (memory is null && space is StateSpace.Shared or StateSpace.Local) Report(FindingKind.OutOfBounds, "no variable of the kernel holds these bytes");
        return memory is not null;

        ShadowedMemory? Fault(string? message)
        {
            Report(message is ReadOnlyMessage ? FindingKind.ReadOnlyWrite : FindingKind.OutOfBounds, message!);
            return null;
        }

        void Report(FindingKind kind, string message) =>
            warp.Block.Grid.Log.Report(Reports.At(warp, instruction, lane, kind, message, space, address, bytes, isWrite));
    }

    private const string ReadOnlyMessage = "kernels may not write here";

    private static ShadowedMemory? Global(
        Warp warp, Instruction instruction, ulong address, int bytes, bool isWrite, out long offset, out string? fault)
    {
        Allocation? allocation = instruction.Last;
        if (allocation is null || !allocation.Contains(address, bytes) || allocation.IsFreed)
            allocation = warp.Block.Grid.Addresses.AtOrBelow(address);
        offset = 0;
        fault = allocation is null || !allocation.Contains(address, bytes) ? "no allocation holds these bytes"
            : allocation.IsFreed ? "the allocation was freed"
            : allocation.IsReadOnly && isWrite ? ReadOnlyMessage
            : null;
        if (fault is not null) return null;
        instruction.Last = allocation;
        offset = (long)(address - allocation!.Address);
        return allocation.Memory;
    }

    /// <summary>That the bytes are written, and that no write of another thread is unordered with this read.</summary>
    public static void CheckRead(Warp warp, Instruction instruction, int lane, in Place place, int bytes)
    {
        if (place.IsCommon)
        {
            Accessor who = warp.AccessorOf(lane, instruction);
            Conflict conflict = default;
            if (!place.Memory.Races.Read(who, place.Offset, bytes, ref conflict))
            {
                warp.Block.Grid.Log.Report(
                    Reports.Conflict(warp, instruction, lane, conflict, place.Space, place.Address, bytes, isWrite: false));
                return;
            }
            if (instruction.NonCoherent && place.Memory.Races.WasWritten(place.Offset, bytes))
                warp.Block.Grid.Log.Report(Reports.At(warp, instruction, lane, FindingKind.Race,
                    "the non-coherent path may not see what this launch wrote", place.Space, place.Address, bytes, isWrite: false)
                    with
                { Pair = "write/read" });
        }
        CheckWritten(warp, instruction, lane, place, bytes);
    }

    public static void CheckWritten(Warp warp, Instruction instruction, int lane, in Place place, int bytes)
    {
        if (place.Memory.Written.AllSet(place.Offset, bytes)) return;
        Finding finding = Reports.At(warp, instruction, lane, FindingKind.UninitialisedRead, "nobody wrote these bytes",
            place.Space, place.Address, bytes, isWrite: false);
        DeferredReads deferred = place.Space == StateSpace.Global ? warp.Block.Grid.Uninitialised : warp.Block.Uninitialised;
        deferred.Add(place.Memory, place.Offset, bytes, finding);
    }

    /// <summary>That no access of another thread is unordered with this write; marks the bytes as written.</summary>
    /// <remarks><c>value</c> is what is going to be written; null for an atomic operation.</remarks>
    public static void CheckWrite(Warp warp, Instruction instruction, int lane, in Place place, int bytes, byte* value)
    {
        if (place.IsCommon)
        {
            Conflict conflict = default;
            Accessor who = warp.AccessorOf(lane, instruction);
            if (!place.Memory.Races.Write(who, place.Offset, bytes, ref conflict)
                && !IsSameValue(who, conflict, instruction, place, bytes, value))
                ReportWrite(warp, instruction, lane, place, bytes, conflict);
        }
        place.Memory.Written.Set(place.Offset, bytes);
        if (value is not null) warp.Block.Grid.Progressed();
    }

    public static void ReportWrite(Warp warp, Instruction instruction, int lane, in Place place, int bytes, in Conflict conflict)
    {
        warp.Block.Grid.Log.Report(Reports.Conflict(warp, instruction, lane, conflict, place.Space, place.Address, bytes, isWrite: true));
        if (conflict.OtherIsWrite) return;
        DeferredReads deferred = place.Space == StateSpace.Global ? warp.Block.Grid.Uninitialised : warp.Block.Uninitialised;
        deferred.DropOverlapping(place.Memory, place.Offset, bytes);
    }

    // Lanes of one instruction that write the same value to the same place do no harm, and compilers have them do it.
    private static bool IsSameValue(in Accessor who, in Conflict conflict, Instruction instruction, in Place place, int bytes, byte* value)
    {
        const ulong lanes = 31ul << 30;
        return value is not null && conflict.OtherIsWrite && conflict.OtherPlace == instruction.Place
            && Epoch.SameTime(conflict.Other | lanes, who.Epoch | lanes)
            && new ReadOnlySpan<byte>(value, bytes).SequenceEqual(new ReadOnlySpan<byte>(place.Data, bytes));
    }

    private static (StateSpace Space, ulong Address) Narrow(ulong address)
    {
        if (AddressSpace.IsShared(address)) return (StateSpace.Shared, address - AddressSpace.SharedWindow);
        return AddressSpace.IsLocal(address) ? (StateSpace.Local, address - AddressSpace.LocalWindow) : (StateSpace.Global, address);
    }

    private static bool IsLocal(Warp warp, long offset, int bytes)
    {
        foreach (LocalVariable variable in warp.Block.Grid.Program.Locals)
            if (offset >= variable.Offset && offset + bytes <= variable.Offset + variable.Bytes) return true;
        return false;
    }
}
