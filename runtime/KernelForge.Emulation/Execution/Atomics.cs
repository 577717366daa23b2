using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

internal enum AtomicKind { Add, Minimum, Maximum, And, Or, Xor, Exchange, CompareAndSwap, Increment, Decrement }

/// <summary>atom and red: each lane's read and write are one.</summary>
internal static unsafe class Atomics
{
    /// <summary>A: address; B: operand; C: the new value of a compare-and-swap; D: the old value's register or -1; Target: the kind.</summary>
    public static void Run(Warp warp, Instruction instruction, uint mask)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            ulong address = Accesses.AddressOf(warp, instruction, lane);
            int width = instruction.Width;
            if (!Accesses.Resolve(warp, instruction, lane, address, instruction.Space, width, isWrite: true, out Place place))
            {
                Write(warp, instruction, lane, 0);
                continue;
            }
            Accesses.CheckWritten(warp, instruction, lane, place, width);
            Ordering.Atomic(warp, instruction, lane, place);
            ulong old = LoadStore.Read(place.Data, width, isSigned: false);
            ulong b = Operand(warp, instruction, instruction.B, lane);
            ulong c = instruction.C < 0 ? 0 : Operand(warp, instruction, instruction.C, lane);
            ulong now = Combine((AtomicKind)instruction.Target, instruction.Type, old, b, c);
            Accesses.CheckWrite(warp, instruction, lane, place, width, null);
            if (now != old) warp.Block.Grid.Progressed();
            LoadStore.Write(place.Data, width, now);
            Write(warp, instruction, lane, old);
            if (place.Space == StateSpace.Global) warp.Block.Grid.Statistics.GlobalBytesWritten += width;
        }
        warp.Block.Tick();
    }

    private static ulong Operand(Warp warp, Instruction instruction, int offset, int lane) => instruction.IsWide
        ? ((ulong*)(warp.Registers + offset))[lane]
        : ((uint*)(warp.Registers + offset))[lane];

    private static void Write(Warp warp, Instruction instruction, int lane, ulong value)
    {
        if (instruction.D < 0) return;
        if (instruction.IsWide) ((ulong*)(warp.Registers + instruction.D))[lane] = value;
        else ((uint*)(warp.Registers + instruction.D))[lane] = (uint)value;
    }

    private static ulong Combine(AtomicKind kind, ScalarType type, ulong old, ulong b, ulong c) => kind switch
    {
        AtomicKind.Add => Add(type, old, b),
        AtomicKind.Minimum => Less(type, old, b) ? old : b,
        AtomicKind.Maximum => Less(type, old, b) ? b : old,
        AtomicKind.And => old & b,
        AtomicKind.Or => old | b,
        AtomicKind.Xor => old ^ b,
        AtomicKind.Exchange => b,
        AtomicKind.CompareAndSwap => old == b ? c : old,
        AtomicKind.Increment => old >= b ? 0 : old + 1,
        _ => old == 0 || old > b ? b : old - 1,
    };

    private static ulong Add(ScalarType type, ulong a, ulong b) => type switch
    {
        ScalarType.F32 => BitConverter.SingleToUInt32Bits(
            BitConverter.UInt32BitsToSingle((uint)a) + BitConverter.UInt32BitsToSingle((uint)b)),
        ScalarType.F64 => BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(a) + BitConverter.UInt64BitsToDouble(b)),
        ScalarType.F16 => AddHalf<HalfFormat>(a, b),
        ScalarType.BF16 => AddHalf<BFloatFormat>(a, b),
        ScalarType.F16x2 => AddHalf<HalfFormat>(a, b) | AddHalf<HalfFormat>(a >> 16, b >> 16) << 16,
        ScalarType.BF16x2 => AddHalf<BFloatFormat>(a, b) | AddHalf<BFloatFormat>(a >> 16, b >> 16) << 16,
        _ => a + b,
    };

    private static ulong AddHalf<TFormat>(ulong a, ulong b) where TFormat : IHalfFormat =>
        TFormat.Round((double)TFormat.Widen((uint)a & 0xFFFF) + TFormat.Widen((uint)b & 0xFFFF));

    private static bool Less(ScalarType type, ulong a, ulong b) => type switch
    {
        ScalarType.S32 => (int)a < (int)b,
        ScalarType.S64 => (long)a < (long)b,
        _ => a < b,
    };
}
