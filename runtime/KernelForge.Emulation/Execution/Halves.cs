namespace KernelForge.Emulation.Execution;

/// <summary>A 16-bit float format.</summary>
internal interface IHalfFormat
{
    static abstract float Widen(uint bits);

    static abstract uint Round(double value);
}

internal readonly struct HalfFormat : IHalfFormat
{
    public static float Widen(uint bits) => Rounding.FromHalf(bits);

    public static uint Round(double value) => BitConverter.HalfToUInt16Bits((Half)value);
}

internal readonly struct BFloatFormat : IHalfFormat
{
    public static float Widen(uint bits) => Rounding.FromBFloat(bits & 0xFFFF);

    // Rounding twice is harmless only if the first rounding keeps what decides: it goes to odd.
    public static uint Round(double value)
    {
        float near = (float)value;
        if (near != value && float.IsFinite(near))
        {
            float towardsZero = Math.Abs((double)near) > Math.Abs(value) ? BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(near) - 1) : near;
            near = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(towardsZero) | 1);
        }
        return Rounding.ToBFloat(near, RoundingMode.Nearest);
    }
}

internal interface IHalfOperation
{
    static abstract double Do(double a, double b, double c);
}

/// <summary>Arithmetic of f16, bf16 and their pairs: each is exact in double before it is rounded once.</summary>
internal static unsafe class Halves
{
    /// <summary>A negative result becomes 0.</summary>
    public const int StopsAtZero = 1;

    /// <summary>A result is clamped to [0, 1], NaN to 0.</summary>
    public const int StopsAtOne = 2;

    /// <summary>Subnormal operands and results become 0.</summary>
    public const int Flushes = 4;

    private const double SmallestNormal = 1.0 / 16384; // of f16, which alone can be flushed

    /// <summary>Immediate: how many values a register holds. Target: the flags above.</summary>
    public static void Run<TFormat, TOp>(Warp warp, Instruction instruction, uint mask)
        where TFormat : IHalfFormat where TOp : IHalfOperation
    {
        uint* d = (uint*)(warp.Registers + instruction.D);
        uint* a = (uint*)(warp.Registers + instruction.A);
        uint* b = (uint*)(warp.Registers + Math.Max(instruction.B, 0));
        uint* c = (uint*)(warp.Registers + Math.Max(instruction.C, 0));
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            uint result = One(a[lane], b[lane], c[lane]);
            if (instruction.Immediate == 2) result |= One(a[lane] >> 16, b[lane] >> 16, c[lane] >> 16) << 16;
            d[lane] = result;
        }

        uint One(uint x, uint y, uint z)
        {
            double value = TOp.Do(In(x), In(y), In(z));
            if (instruction.Target == 0) return TFormat.Round(value);
            if ((instruction.Target & StopsAtZero) != 0 && value < 0) value = 0;
            if ((instruction.Target & StopsAtOne) != 0) value = value > 0 ? Math.Min(value, 1) : 0;
            return TFormat.Round((instruction.Target & Flushes) != 0 ? Flush(value) : value);
        }

        double In(uint bits) => (instruction.Target & Flushes) != 0 ? Flush(TFormat.Widen(bits & 0xFFFF)) : TFormat.Widen(bits & 0xFFFF);

        static double Flush(double value) => Math.Abs(value) < SmallestNormal ? Math.CopySign(0, value) : value;
    }
}

internal readonly struct HalfAdd : IHalfOperation
{
    public static double Do(double a, double b, double c) => a + b;
}

internal readonly struct HalfSubtract : IHalfOperation
{
    public static double Do(double a, double b, double c) => a - b;
}

internal readonly struct HalfMultiply : IHalfOperation
{
    public static double Do(double a, double b, double c) => a * b;
}

internal readonly struct HalfMultiplyAdd : IHalfOperation
{
    public static double Do(double a, double b, double c) => a * b + c;
}

internal readonly struct HalfMinimum : IHalfOperation
{
    public static double Do(double a, double b, double c) => double.MinNumber(a, b);
}

internal readonly struct HalfMaximum : IHalfOperation
{
    public static double Do(double a, double b, double c) => double.MaxNumber(a, b);
}

internal readonly struct HalfMinimumOrNaN : IHalfOperation
{
    public static double Do(double a, double b, double c) => Math.Min(a, b);
}

internal readonly struct HalfMaximumOrNaN : IHalfOperation
{
    public static double Do(double a, double b, double c) => Math.Max(a, b);
}

internal readonly struct HalfExp2 : IHalfOperation
{
    public static double Do(double a, double b, double c) => double.Exp2(a);
}

internal readonly struct HalfTangent : IHalfOperation
{
    public static double Do(double a, double b, double c) => Math.Tanh(a);
}

internal readonly struct HalfNegate : IHalfOperation
{
    public static double Do(double a, double b, double c) => -a;
}

internal readonly struct HalfAbsolute : IHalfOperation
{
    public static double Do(double a, double b, double c) => Math.Abs(a);
}
