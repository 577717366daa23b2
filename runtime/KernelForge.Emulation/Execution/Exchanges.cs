using System.Numerics;

namespace KernelForge.Emulation.Execution;

internal enum ShuffleMode { Up, Down, Butterfly, Index }

/// <summary>What the lanes of a warp tell each other: shfl, vote, match, redux, activemask. E holds each lane's mask of members.</summary>
internal static unsafe class Exchanges
{
    /// <summary>A value, B lane or distance, C segments and clamp, Immediate mode, Target predicate or -1. An absent lane's value is the caller's own.</summary>
    public static void Shuffle(Warp warp, Instruction instruction, uint mask)
    {
        uint* d = At(warp, instruction.D), a = At(warp, instruction.A), b = At(warp, instruction.B), c = At(warp, instruction.C);
        uint* taken = stackalloc uint[32];
        uint inside = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            int distance = (int)(b[lane] & 31), clamp = (int)(c[lane] & 31), segment = (int)(c[lane] >> 8 & 31);
            int last = (lane & segment) | (clamp & ~segment), first = lane & segment;
            (int from, bool within) = (ShuffleMode)instruction.Immediate switch
            {
                ShuffleMode.Up => (lane - distance, lane - distance >= last),
                ShuffleMode.Down => (lane + distance, lane + distance <= last),
                ShuffleMode.Butterfly => (lane ^ distance, (lane ^ distance) <= last),
                _ => (first | (distance & ~segment), (first | (distance & ~segment)) <= last),
            };
            taken[lane] = a[within && Lanes.Has(mask, from) ? from : lane];
            if (within) inside |= 1u << lane;
        }
        for (int lane = 0; lane < 32; lane++)
            if (Lanes.Has(mask, lane)) d[lane] = taken[lane];
        if (instruction.Target >= 0) Lanes.SetPredicate(warp, instruction.Target, inside, mask);
    }

    /// <summary>A: predicate. Immediate: 0 all, 1 any, 2 uniform, 3 ballot (D is then a register).</summary>
    public static void Vote(Warp warp, Instruction instruction, uint mask)
    {
        uint holds = Lanes.Predicate(warp, instruction.A, instruction.Negated);
        uint* members = At(warp, instruction.E);
        uint answer = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            uint voters = members[lane] & mask;
            uint votes = holds & voters;
            if (instruction.Immediate == 3) At(warp, instruction.D)[lane] = votes;
            else if (instruction.Immediate switch { 0 => votes == voters, 1 => votes != 0, _ => votes == voters || votes == 0 }) answer |= 1u << lane;
        }
        if (instruction.Immediate != 3) Lanes.SetPredicate(warp, instruction.D, answer, mask);
    }

    /// <summary>match.any: the lanes with the caller's value. Immediate 1, match.all: all members or none, and Target the predicate.</summary>
    public static void Match<T>(Warp warp, Instruction instruction, uint mask) where T : unmanaged, IEquatable<T>
    {
        T* a = (T*)(warp.Registers + instruction.A);
        uint* d = At(warp, instruction.D), members = At(warp, instruction.E);
        uint whole = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            uint same = 0, candidates = members[lane] & mask;
            for (int other = 0; other < 32; other++)
                if (Lanes.Has(candidates, other) && a[other].Equals(a[lane])) same |= 1u << other;
            if (same == candidates) whole |= 1u << lane;
            d[lane] = instruction.Immediate == 0 ? same : same == candidates ? members[lane] : 0;
        }
        if (instruction.Target >= 0) Lanes.SetPredicate(warp, instruction.Target, whole, mask);
    }

    /// <summary>redux: Immediate 0 add, 1 min, 2 max, 3 and, 4 or, 5 xor.</summary>
    public static void Reduce(Warp warp, Instruction instruction, uint mask)
    {
        uint* d = At(warp, instruction.D), a = At(warp, instruction.A), members = At(warp, instruction.E);
        uint* results = stackalloc uint[32];
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            uint left = members[lane] & mask;
            if (left == 0) left = 1u << lane;
            uint result = a[BitOperations.TrailingZeroCount(left)];
            for (left &= left - 1; left != 0; left &= left - 1)
                result = Combine(instruction, result, a[BitOperations.TrailingZeroCount(left)]);
            results[lane] = result;
        }
        for (int lane = 0; lane < 32; lane++)
            if (Lanes.Has(mask, lane)) d[lane] = results[lane];
    }

    public static void ActiveMask(Warp warp, Instruction instruction, uint mask)
    {
        uint* d = At(warp, instruction.D);
        for (int lane = 0; lane < 32; lane++)
            if (Lanes.Has(mask, lane)) d[lane] = mask;
    }

    private static uint Combine(Instruction instruction, uint a, uint b) => instruction.Immediate switch
    {
        0 => a + b,
        1 => instruction.IsSigned ? (uint)Math.Min((int)a, (int)b) : Math.Min(a, b),
        2 => instruction.IsSigned ? (uint)Math.Max((int)a, (int)b) : Math.Max(a, b),
        3 => a & b,
        4 => a | b,
        _ => a ^ b,
    };

    private static uint* At(Warp warp, int offset) => (uint*)(warp.Registers + offset);
}
