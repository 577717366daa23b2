namespace KernelForge.Emulation.Execution;

internal interface IScalar1<TA, TD>
{
    static abstract TD Do(TA a);
}

internal interface IScalar2<TA, TB, TD>
{
    static abstract TD Do(TA a, TB b);
}

internal interface IScalar3<TA, TB, TC, TD>
{
    static abstract TD Do(TA a, TB b, TC c);
}

/// <summary>Instructions that compute a lane at a time. A 16-bit operand is the low half of a 32-bit lane whose upper half is zero.</summary>
internal static unsafe class Scalars
{
    public static void Run1<TOp, TA, TD>(Warp warp, Instruction instruction, uint mask)
        where TA : unmanaged where TD : unmanaged where TOp : IScalar1<TA, TD>
    {
        TA* a = (TA*)(warp.Registers + instruction.A);
        TD* d = (TD*)(warp.Registers + instruction.D);
        for (int lane = 0; lane < 32; lane++)
            if (Lanes.Has(mask, lane)) d[lane] = TOp.Do(a[lane]);
    }

    public static void Run2<TOp, TA, TB, TD>(Warp warp, Instruction instruction, uint mask)
        where TA : unmanaged where TB : unmanaged where TD : unmanaged where TOp : IScalar2<TA, TB, TD>
    {
        TA* a = (TA*)(warp.Registers + instruction.A);
        TB* b = (TB*)(warp.Registers + instruction.B);
        TD* d = (TD*)(warp.Registers + instruction.D);
        for (int lane = 0; lane < 32; lane++)
            if (Lanes.Has(mask, lane)) d[lane] = TOp.Do(a[lane], b[lane]);
    }

    public static void Run3<TOp, TA, TB, TC, TD>(Warp warp, Instruction instruction, uint mask)
        where TA : unmanaged where TB : unmanaged where TC : unmanaged where TD : unmanaged where TOp : IScalar3<TA, TB, TC, TD>
    {
        TA* a = (TA*)(warp.Registers + instruction.A);
        TB* b = (TB*)(warp.Registers + instruction.B);
        TC* c = (TC*)(warp.Registers + instruction.C);
        TD* d = (TD*)(warp.Registers + instruction.D);
        for (int lane = 0; lane < 32; lane++)
            if (Lanes.Has(mask, lane)) d[lane] = TOp.Do(a[lane], b[lane], c[lane]);
    }
}
