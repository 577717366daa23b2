using System.Numerics;
using KernelForge.Emulation.Findings;
using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>Puts findings into words and places.</summary>
internal static class Reports
{
    public static int FirstLane(uint mask) => BitOperations.TrailingZeroCount(mask);

    public static Finding At(Warp warp, Instruction instruction, int lane, FindingKind kind, string message) => new()
    {
        Kind = kind,
        Kernel = warp.Block.Grid.Program.Name,
        Line = instruction.Source.Line,
        SourceFile = warp.Block.Grid.Program.Files.GetValueOrDefault(instruction.Source.Origin.File),
        SourceLine = instruction.Source.Origin.Line,
        Instruction = instruction.Text,
        Block = warp.Block.Index,
        Thread = Index3.Of(warp.ThreadOf(lane), warp.Block.Grid.BlockShape),
        Message = message,
    };

    /// <summary>A fault of an access at an address in its own space.</summary>
    public static Finding At(
        Warp warp, Instruction instruction, int lane, FindingKind kind, string message, StateSpace space, ulong address, int bytes, bool isWrite)
    {
        (string? name, long offset) = Locate(warp, space, address);
        return At(warp, instruction, lane, kind, message) with
        {
            Space = space.Name(),
            Address = address,
            Bytes = bytes,
            Access = isWrite ? "write" : "read",
            Allocation = name,
            Offset = offset,
        };
    }

    private static (string? Name, long Offset) Locate(Warp warp, StateSpace space, ulong address)
    {
        if (space == StateSpace.Shared)
        {
            long offset = (long)address - AddressSpace.SharedBase;
            return warp.Block.Nearest(offset) is { } range ? (range.Name, offset - range.Offset) : (null, offset);
        }
        if (space == StateSpace.Local)
        {
            long offset = (long)address - AddressSpace.LocalBase;
            LocalVariable variable = warp.Block.Grid.Program.Locals.LastOrDefault(v => v.Offset <= offset);
            return (variable.Name, offset - variable.Offset);
        }
        Allocation? holding = warp.Block.Grid.Addresses.AtOrBelow(address);
        if (holding is not null && holding.Contains(address, 1)) return (holding.Name, (long)(address - holding.Address));
        (Allocation? nearest, long distance) = warp.Block.Grid.Addresses.Nearest(address);
        return (nearest?.Name, distance);
    }

    /// <summary>Two accesses that nothing orders; or one to the target of a copy that nobody has waited for.</summary>
    public static Finding Conflict(
        Warp warp, Instruction instruction, int lane, in Conflict conflict, StateSpace space, ulong address, int bytes, bool isWrite)
    {
        Grid grid = warp.Block.Grid;
        Instruction other = grid.Program.Code[conflict.OtherPlace];
        int otherBlock = Epoch.Block(conflict.Other), otherThread = Epoch.Thread(conflict.Other);
        Index3 otherIndex = Index3.Of(otherThread, grid.BlockShape);
        string who = $"thread {otherIndex} of block {Index3.Of(otherBlock, grid.Shape)} (PTX line {other.Source.Line}, {other.Text})";
        bool pending = (conflict.Other & Epoch.Pending) != 0;
        if (pending && warp.AccessorOf(lane, instruction).IsAfter(conflict.Other & ~Epoch.Pending))
            return At(warp, instruction, lane, FindingKind.AsyncNotWaited,
                $"the target of an asynchronous copy is touched before {who} has waited for it", space, address, bytes, isWrite)
                with
            { OtherLine = other.Source.Line };

        bool isAsync = (conflict.Other & (Epoch.Pending | Epoch.Async)) != 0;
        bool sameWarp = otherBlock == warp.Block.Number && otherThread / 32 == warp.Index;
        return At(warp, instruction, lane, FindingKind.Race, $"nothing orders this with the {(conflict.OtherIsWrite ? "write" : "read")} by {who}",
            space, address, bytes, isWrite) with
        {
            Pair = (isAsync ? "async " : "") + (isWrite && conflict.OtherIsWrite ? "write/write" : "write/read"),
            Between = otherBlock != warp.Block.Number ? "blocks" : isAsync ? "threads" : sameWarp ? "lanes of one warp" : "warps",
            OtherLine = other.Source.Line,
        };
    }
}
