namespace KernelForge.Emulation.Execution;

internal enum RoundingMode { Nearest, Zero, Down, Up, NearestAway }

/// <summary>An exact value, given as a double and the sign of what is missing from it, rounded to narrower floats in any direction.</summary>
internal static class Rounding
{
    public static float ToSingle(double value, double rest, RoundingMode mode)
    {
        float near = (float)value;
        if (double.IsNaN(value) || double.IsInfinity(value)) return near;
        double error = value - near;
        int side = float.IsInfinity(near) ? (near > 0 ? -1 : 1) : error != 0 ? Math.Sign(error) : Math.Sign(rest);
        return mode switch
        {
            RoundingMode.Zero when side != 0 && side != Math.Sign(near) && near != 0 => near > 0 ? MathF.BitDecrement(near) : MathF.BitIncrement(near),
            RoundingMode.Down when side < 0 => MathF.BitDecrement(near),
            RoundingMode.Up when side > 0 => MathF.BitIncrement(near),
            _ => near,
        };
    }

    public static float Add(float a, float b, RoundingMode mode)
    {
        if (mode == RoundingMode.Nearest) return a + b;
        return SumOf(a, b, mode);
    }

    public static float Multiply(float a, float b, RoundingMode mode) => ToSingle((double)a * b, 0, mode);

    public static float MultiplyAdd(float a, float b, float c, RoundingMode mode) =>
        mode == RoundingMode.Nearest ? MathF.FusedMultiplyAdd(a, b, c) : SumOf((double)a * b, c, mode);

    public static float Divide(float a, float b, RoundingMode mode)
    {
        double quotient = (double)a / b;
        double rest = double.IsFinite(quotient) && double.IsFinite(b) && b != 0 ? Math.FusedMultiplyAdd(-quotient, b, a) * Math.Sign(b) : 0;
        return ToSingle(quotient, rest, mode);
    }

    public static float SquareRoot(float a, RoundingMode mode)
    {
        double root = Math.Sqrt(a);
        return ToSingle(root, double.IsFinite(root) ? Math.FusedMultiplyAdd(-root, root, a) : 0, mode);
    }

    public static ushort ToHalf(float value, RoundingMode mode)
    {
        Half near = (Half)value;
        if (mode == RoundingMode.Nearest || float.IsNaN(value)) return BitConverter.HalfToUInt16Bits(near);
        return Step(BitConverter.HalfToUInt16Bits(near), value, (float)near, 0x7BFF, mode);
    }

    public static ushort ToBFloat(float value, RoundingMode mode)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return 0x7FFF;
        ushort near = (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
        return mode == RoundingMode.Nearest ? near : Step(near, value, FromBFloat(near), 0x7F7F, mode);
    }

    public static float FromBFloat(uint bits) => BitConverter.UInt32BitsToSingle(bits << 16);

    public static float FromHalf(uint bits) => (float)BitConverter.UInt16BitsToHalf((ushort)bits);

    /// <summary>A float whose lowest 13 bits are cleared, rounded to the nearest, ties away from zero.</summary>
    public static float ToTensorFloat(float value)
    {
        if (!float.IsFinite(value)) return value;
        return BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(value) + 0x1000) & 0xFFFF_E000);
    }

    // From the nearest of a 16-bit format to the neighbour that the direction asks for.
    private static ushort Step(ushort near, float value, float nearValue, ushort largest, RoundingMode mode)
    {
        bool negative = (near & 0x8000) != 0;
        bool outward = MathF.Abs(nearValue) > MathF.Abs(value);
        bool inward = MathF.Abs(nearValue) < MathF.Abs(value);
        bool away = mode switch { RoundingMode.Zero => false, RoundingMode.Down => negative, _ => !negative };
        if (away && inward) return (ushort)(near + 1);
        if (!away && outward) return float.IsInfinity(nearValue) ? (ushort)(largest | near & 0x8000) : (ushort)(near - 1);
        return near;
    }

    private static float SumOf(double a, double b, RoundingMode mode)
    {
        double sum = a + b;
        if (!double.IsFinite(sum)) return (float)sum;
        double part = sum - a;
        double rest = (a - (sum - part)) + (b - part);
        if (sum == 0 && rest == 0) return mode == RoundingMode.Down && !(double.IsPositive(a) && double.IsPositive(b)) ? -0f : (float)sum;
        return ToSingle(sum, rest, mode);
    }
}
