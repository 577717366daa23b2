namespace KernelForge.Emulation.Execution;

/// <summary>add.cc, addc, sub.cc, subc, mad.cc and madc: the carry is a predicate of its own in the register file, at Target.</summary>
internal static unsafe class Carries
{
    /// <summary>Bits of Immediate: takes the carry in, gives it out, subtracts, multiplies for the low half, for the high half signed or not.</summary>
    public const long TakesIn = 1, GivesOut = 2, Subtracts = 4, MultipliesLow = 8, MultipliesHigh = 16, IsSigned = 32;

    public static void Run64(Warp warp, Instruction instruction, uint mask)
    {
        ulong* d = (ulong*)(warp.Registers + instruction.D), a = (ulong*)(warp.Registers + instruction.A), b = (ulong*)(warp.Registers + instruction.B);
        ulong* c = instruction.C < 0 ? null : (ulong*)(warp.Registers + instruction.C);
        long how = instruction.Immediate;
        uint carries = Lanes.Predicate(warp, instruction.Target, negated: false);
        uint given = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            UInt128 carry = (how & TakesIn) != 0 ? carries >> lane & 1 : 0;
            UInt128 x = a[lane], y = b[lane];
            if ((how & (MultipliesLow | MultipliesHigh)) != 0)
            {
                UInt128 product = (how & IsSigned) != 0 ? (UInt128)((Int128)(long)a[lane] * (long)b[lane]) : x * y;
                x = (ulong)((how & MultipliesHigh) != 0 ? product >> 64 : product);
                y = c![lane];
            }
            UInt128 sum = (how & Subtracts) != 0 ? x - y - carry : x + y + carry;
            d[lane] = (ulong)sum;
            if ((sum >> 64 & 1) != 0) given |= 1u << lane;
        }
        if ((how & GivesOut) != 0) Lanes.SetPredicate(warp, instruction.Target, given, mask);
    }

    public static void Run(Warp warp, Instruction instruction, uint mask)
    {
        uint* d = (uint*)(warp.Registers + instruction.D), a = (uint*)(warp.Registers + instruction.A), b = (uint*)(warp.Registers + instruction.B);
        uint* c = instruction.C < 0 ? null : (uint*)(warp.Registers + instruction.C);
        long how = instruction.Immediate;
        uint carries = Lanes.Predicate(warp, instruction.Target, negated: false);
        uint given = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            ulong carry = (how & TakesIn) != 0 ? carries >> lane & 1 : 0;
            ulong x = a[lane], y = b[lane];
            if ((how & (MultipliesLow | MultipliesHigh)) != 0)
            {
                ulong product = (how & IsSigned) != 0 ? (ulong)((long)(int)a[lane] * (int)b[lane]) : x * y;
                x = (uint)((how & MultipliesHigh) != 0 ? product >> 32 : product);
                y = c![lane];
            }
            ulong sum = (how & Subtracts) != 0 ? x - y - carry : x + y + carry;
            d[lane] = (uint)sum;
            if ((sum >> 32 & 1) != 0) given |= 1u << lane;
        }
        if ((how & GivesOut) != 0) Lanes.SetPredicate(warp, instruction.Target, given, mask);
    }
}
