using System.Numerics;

namespace KernelForge.Emulation.Execution;

internal readonly struct PopCount32 : IScalar1<uint, uint>
{
    public static uint Do(uint a) => (uint)BitOperations.PopCount(a);
}

internal readonly struct PopCount64 : IScalar1<ulong, uint>
{
    public static uint Do(ulong a) => (uint)BitOperations.PopCount(a);
}

internal readonly struct LeadingZeros32 : IScalar1<uint, uint>
{
    public static uint Do(uint a) => (uint)BitOperations.LeadingZeroCount(a);
}

internal readonly struct LeadingZeros64 : IScalar1<ulong, uint>
{
    public static uint Do(ulong a) => (uint)BitOperations.LeadingZeroCount(a);
}

internal readonly struct Reverse32 : IScalar1<uint, uint>
{
    public static uint Do(uint a)
    {
        a = (a >> 1 & 0x5555_5555) | (a & 0x5555_5555) << 1;
        a = (a >> 2 & 0x3333_3333) | (a & 0x3333_3333) << 2;
        a = (a >> 4 & 0x0F0F_0F0F) | (a & 0x0F0F_0F0F) << 4;
        return System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(a);
    }
}

internal readonly struct Reverse64 : IScalar1<ulong, ulong>
{
    public static ulong Do(ulong a) => (ulong)Reverse32.Do((uint)a) << 32 | Reverse32.Do((uint)(a >> 32));
}

/// <summary>The place of the highest one; -1 where there is none. Of signed operands, of the highest bit that differs from the sign.</summary>
internal readonly struct FindHighest32 : IScalar1<uint, uint>
{
    public static uint Do(uint a) => (uint)(31 - BitOperations.LeadingZeroCount(a));
}

internal readonly struct FindHighestSigned32 : IScalar1<uint, uint>
{
    public static uint Do(uint a) => FindHighest32.Do((int)a < 0 ? ~a : a);
}

internal readonly struct FindHighest64 : IScalar1<ulong, uint>
{
    public static uint Do(ulong a) => (uint)(63 - BitOperations.LeadingZeroCount(a));
}

internal readonly struct FindHighestSigned64 : IScalar1<ulong, uint>
{
    public static uint Do(ulong a) => FindHighest64.Do((long)a < 0 ? ~a : a);
}

/// <summary>As the others, but as the left shift that brings that bit to the top.</summary>
internal readonly struct ShiftToTop<TOp> : IScalar1<uint, uint> where TOp : IScalar1<uint, uint>
{
    public static uint Do(uint a) => TOp.Do(a) is var place && place == uint.MaxValue ? place : 31 - place;
}

internal readonly struct ShiftToTop64<TOp> : IScalar1<ulong, uint> where TOp : IScalar1<ulong, uint>
{
    public static uint Do(ulong a) => TOp.Do(a) is var place && place == uint.MaxValue ? place : 63 - place;
}

/// <summary>bfe: of position and length only the low eight bits count; beyond the top, a signed field repeats the sign.</summary>
internal readonly struct ExtractUnsigned32 : IScalar3<uint, uint, uint, uint>
{
    public static uint Do(uint a, uint position, uint length) => (uint)Field.Extract(a, 32, position, length, isSigned: false);
}

internal readonly struct ExtractSigned32 : IScalar3<uint, uint, uint, uint>
{
    public static uint Do(uint a, uint position, uint length) => (uint)Field.Extract(a, 32, position, length, isSigned: true);
}

internal readonly struct ExtractUnsigned64 : IScalar3<ulong, uint, uint, ulong>
{
    public static ulong Do(ulong a, uint position, uint length) => Field.Extract(a, 64, position, length, isSigned: false);
}

internal readonly struct ExtractSigned64 : IScalar3<ulong, uint, uint, ulong>
{
    public static ulong Do(ulong a, uint position, uint length) => Field.Extract(a, 64, position, length, isSigned: true);
}

internal static class Field
{
    public static ulong Extract(ulong value, int width, uint position, uint length, bool isSigned)
    {
        int start = (int)(position & 0xFF), count = (int)(length & 0xFF);
        if (count == 0) return 0;
        int top = Math.Min(start + count - 1, width - 1);
        bool sign = isSigned && (value >> top & 1) != 0;
        ulong field = start >= width ? 0 : value >> start;
        int kept = Math.Max(0, Math.Min(count, width - start));
        ulong ones = kept >= 64 ? ulong.MaxValue : (1ul << kept) - 1;
        field &= ones;
        return sign ? field | ~ones : field;
    }

    public static ulong Insert(ulong part, ulong into, int width, uint position, uint length)
    {
        int start = (int)(position & 0xFF), count = (int)(length & 0xFF);
        int kept = Math.Max(0, Math.Min(count, width - start));
        if (kept == 0) return into;
        ulong ones = (kept >= 64 ? ulong.MaxValue : (1ul << kept) - 1) << start;
        return (into & ~ones) | (part << start & ones);
    }
}

/// <summary>Bit operations with four operands or a mode, a lane at a time.</summary>
internal static unsafe class BitOperations32
{
    public static void Insert32(Warp warp, Instruction instruction, uint mask)
    {
        uint* d = At(warp, instruction.D), a = At(warp, instruction.A), b = At(warp, instruction.B), c = At(warp, instruction.C), e = At(warp, instruction.E);
        for (int lane = 0; lane < 32; lane++)
            if (Lanes.Has(mask, lane)) d[lane] = (uint)Field.Insert(a[lane], b[lane], 32, c[lane], e[lane]);
    }

    public static void Insert64(Warp warp, Instruction instruction, uint mask)
    {
        ulong* d = (ulong*)At(warp, instruction.D), a = (ulong*)At(warp, instruction.A), b = (ulong*)At(warp, instruction.B);
        uint* c = At(warp, instruction.C), e = At(warp, instruction.E);
        for (int lane = 0; lane < 32; lane++)
            if (Lanes.Has(mask, lane)) d[lane] = Field.Insert(a[lane], b[lane], 64, c[lane], e[lane]);
    }

    /// <summary>lop3: bit 4a + 2b + c of the table says what three bits give.</summary>
    public static void Logic3(Warp warp, Instruction instruction, uint mask)
    {
        uint* d = At(warp, instruction.D), a = At(warp, instruction.A), b = At(warp, instruction.B), c = At(warp, instruction.C);
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            uint result = 0;
            for (int row = 0; row < 8; row++)
            {
                if ((instruction.Immediate >> row & 1) == 0) continue;
                result |= ((row & 4) != 0 ? a[lane] : ~a[lane]) & ((row & 2) != 0 ? b[lane] : ~b[lane]) & ((row & 1) != 0 ? c[lane] : ~c[lane]);
            }
            d[lane] = result;
        }
    }

    /// <summary>prmt without a mode: each nibble of C names a byte of B:A, its top bit repeats that byte's sign.</summary>
    public static void Permute(Warp warp, Instruction instruction, uint mask)
    {
        uint* d = At(warp, instruction.D), a = At(warp, instruction.A), b = At(warp, instruction.B), c = At(warp, instruction.C);
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            ulong both = (ulong)b[lane] << 32 | a[lane];
            uint result = 0;
            for (int i = 0; i < 4; i++)
            {
                uint selector = c[lane] >> (4 * i) & 0xF;
                uint value = (uint)(both >> (int)(8 * (selector & 7))) & 0xFF;
                if ((selector & 8) != 0) value = (value & 0x80) != 0 ? 0xFFu : 0;
                result |= value << (8 * i);
            }
            d[lane] = result;
        }
    }

    /// <summary>The modes of prmt, by Immediate.</summary>
    public static readonly string[] PermuteModes = ["f4e", "b4e", "rc8", "ecl", "ecr", "rc16"];

    /// <summary>prmt with a mode: the low two bits of C choose a pattern of bytes.</summary>
    public static void PermuteByMode(Warp warp, Instruction instruction, uint mask)
    {
        uint* d = At(warp, instruction.D), a = At(warp, instruction.A), b = At(warp, instruction.B), c = At(warp, instruction.C);
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            ulong both = (ulong)b[lane] << 32 | a[lane];
            int s = (int)(c[lane] & 3);
            uint result = 0;
            for (int i = 0; i < 4; i++)
            {
                int from = instruction.Immediate switch
                {
                    0 => s + i,
                    1 => s - i & 7,
                    2 => s,
                    3 => Math.Max(i, s),
                    4 => Math.Min(i, s),
                    _ => 2 * (s & 1) + (i & 1),
                };
                result |= ((uint)(both >> (8 * from)) & 0xFF) << (8 * i);
            }
            d[lane] = result;
        }
    }

    /// <summary>shf: Immediate 0 left or 1 right; Target 1 where the count wraps rather than stops at 32.</summary>
    public static void Funnel(Warp warp, Instruction instruction, uint mask)
    {
        uint* d = At(warp, instruction.D), a = At(warp, instruction.A), b = At(warp, instruction.B), c = At(warp, instruction.C);
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            int count = instruction.Target == 1 ? (int)(c[lane] & 31) : (int)Math.Min(c[lane], 32);
            ulong both = (ulong)b[lane] << 32 | a[lane];
            d[lane] = instruction.Immediate == 0 ? (uint)(both << count >> 32) : (uint)(both >> count);
        }
    }

    /// <summary>dp4a: four products of bytes, added to C; Immediate bit 0: A is signed, bit 1: B is.</summary>
    public static void Dot4(Warp warp, Instruction instruction, uint mask)
    {
        uint* d = At(warp, instruction.D), a = At(warp, instruction.A), b = At(warp, instruction.B), c = At(warp, instruction.C);
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            uint sum = c[lane];
            for (int i = 0; i < 4; i++)
            {
                byte x = (byte)(a[lane] >> (8 * i)), y = (byte)(b[lane] >> (8 * i));
                sum += (uint)(((instruction.Immediate & 1) != 0 ? (sbyte)x : x) * ((instruction.Immediate & 2) != 0 ? (sbyte)y : y));
            }
            d[lane] = sum;
        }
    }

    private static uint* At(Warp warp, int offset) => (uint*)(warp.Registers + offset);
}
