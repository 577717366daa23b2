using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>cvt, but for the few that whole vectors do. A value is read as what its type says from a register of any width.</summary>
internal static unsafe class Conversions
{
    /// <summary>How a cvt rounds, flushes and clamps.</summary>
    internal sealed record Recipe(
        ScalarType To, ScalarType From, bool WideTo, bool WideFrom, RoundingMode Rounding, bool ToIntegral, bool Flush, bool Saturate, bool Relu);

    public static void Run(Warp warp, Instruction instruction, uint mask)
    {
        Recipe recipe = instruction.Conversion!;
        byte* d = warp.Registers + instruction.D, a = warp.Registers + instruction.A;
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            ulong bits = recipe.WideFrom ? ((ulong*)a)[lane] : ((uint*)a)[lane];
            ulong result = Convert(recipe, bits);
            if (recipe.WideTo) ((ulong*)d)[lane] = result;
            else ((uint*)d)[lane] = (uint)result;
        }
    }

    /// <summary>Two floats into one register, A into its upper half.</summary>
    public static void Pack(Warp warp, Instruction instruction, uint mask)
    {
        Recipe recipe = instruction.Conversion!;
        uint* d = (uint*)(warp.Registers + instruction.D), a = (uint*)(warp.Registers + instruction.A), b = (uint*)(warp.Registers + instruction.B);
        for (int lane = 0; lane < 32; lane++)
            if (Lanes.Has(mask, lane)) d[lane] = (uint)(Convert(recipe, a[lane]) << 16 | Convert(recipe, b[lane]));
    }

    private static ulong Convert(Recipe recipe, ulong bits)
    {
        if (!recipe.From.IsFloat())
        {
            (long signed, ulong unsigned) = ReadInteger(recipe.From, bits);
            return recipe.To.IsFloat() ? FromInteger(recipe, signed, unsigned) : ClampInteger(recipe, signed, unsigned);
        }
        if (recipe.From == ScalarType.F64 || recipe.To == ScalarType.F64) return FromDouble(recipe, ReadDouble(recipe, bits));
        float value = ReadSingle(recipe, bits);
        if (!recipe.To.IsFloat()) return ToInteger(recipe, value);
        if (recipe.ToIntegral) value = (float)Integral(value, recipe.Rounding);
        return WriteSingle(recipe, value);
    }

    private static (long Signed, ulong Unsigned) ReadInteger(ScalarType type, ulong bits)
    {
        int shift = 64 - 8 * type.Bytes();
        return type.IsSigned() ? ((long)(bits << shift) >> shift, 0) : (0, bits << shift >> shift);
    }

    private static ulong ClampInteger(Recipe recipe, long signed, ulong unsigned)
    {
        Int128 value = recipe.From.IsSigned() ? signed : unsigned;
        if (recipe.Saturate) value = Int128.Clamp(value, Lowest(recipe.To), Highest(recipe.To));
        return WriteInteger(recipe, (ulong)value);
    }

    // An integer fills its type; in a wider register a signed one repeats its sign.
    private static ulong WriteInteger(Recipe recipe, ulong value)
    {
        int shift = 64 - 8 * recipe.To.Bytes();
        if (!recipe.To.IsSigned()) return value << shift >> shift;
        ulong extended = (ulong)((long)(value << shift) >> shift);
        return recipe.To.Bytes() == 2 ? extended & 0xFFFF : recipe.WideTo ? extended : extended & 0xFFFF_FFFF;
    }

    private static ulong FromInteger(Recipe recipe, long signed, ulong unsigned)
    {
        bool negative = recipe.From.IsSigned();
        switch (recipe.To)
        {
            case ScalarType.F64:
                return BitConverter.DoubleToUInt64Bits(negative ? signed : unsigned);
            case ScalarType.F32 when recipe.Rounding == RoundingMode.Nearest:
                return BitConverter.SingleToUInt32Bits(negative ? signed : unsigned);
            default:
                double value = negative ? signed : unsigned;
                double rest = (double)((negative ? (Int128)signed : unsigned) - (Int128)value);
                return WriteSingle(recipe, Rounding.ToSingle(value, rest, recipe.To == ScalarType.F32 ? recipe.Rounding : RoundingMode.Nearest));
        }
    }

    private static ulong ToInteger(Recipe recipe, double value)
    {
        if (double.IsNaN(value)) return recipe.To.Bytes() == 8 ? WriteInteger(recipe, 0x8000_0000_0000_0000) : 0;
        double whole = Integral(value, recipe.Rounding);
        Int128 low = Lowest(recipe.To), high = Highest(recipe.To);
        Int128 clamped = whole <= (double)low ? low : whole >= (double)high ? high : (Int128)whole;
        return WriteInteger(recipe, (ulong)clamped);
    }

    private static ulong FromDouble(Recipe recipe, double value)
    {
        if (!recipe.To.IsFloat()) return ToInteger(recipe, value);
        if (recipe.ToIntegral) value = Integral(value, recipe.Rounding);
        if (recipe.To == ScalarType.F64) return BitConverter.DoubleToUInt64Bits(recipe.Saturate ? ClampToOne(value) : value);
        return recipe.To == ScalarType.F16 && recipe.Rounding == RoundingMode.Nearest
            ? BitConverter.HalfToUInt16Bits((Half)value)
            : WriteSingle(recipe, Rounding.ToSingle(value, 0, recipe.Rounding));
    }

    private static double ReadDouble(Recipe recipe, ulong bits) =>
        recipe.From == ScalarType.F64 ? BitConverter.UInt64BitsToDouble(bits) : ReadSingle(recipe, bits);

    private static float ReadSingle(Recipe recipe, ulong bits)
    {
        float value = recipe.From switch
        {
            ScalarType.F16 => Rounding.FromHalf((uint)bits),
            ScalarType.BF16 => Rounding.FromBFloat((uint)bits & 0xFFFF),
            _ => BitConverter.UInt32BitsToSingle((uint)bits),
        };
        return recipe.Flush && recipe.From == ScalarType.F32 ? Floats.Flush(value) : value;
    }

    private static ulong WriteSingle(Recipe recipe, float value)
    {
        if (recipe.Relu && !(value > 0) && !float.IsNaN(value)) value = 0;
        if (recipe.Saturate) value = (float)ClampToOne(value);
        return recipe.To switch
        {
            ScalarType.F16 or ScalarType.F16x2 => Rounding.ToHalf(value, recipe.Rounding),
            ScalarType.BF16 or ScalarType.BF16x2 => Rounding.ToBFloat(value, recipe.Rounding),
            ScalarType.TF32 => BitConverter.SingleToUInt32Bits(Rounding.ToTensorFloat(value)),
            _ => BitConverter.SingleToUInt32Bits(recipe.Flush ? Floats.Flush(value) : value),
        };
    }

    private static double ClampToOne(double value) => value > 0 ? Math.Min(value, 1) : 0;

    private static double Integral(double value, RoundingMode mode) => mode switch
    {
        RoundingMode.Zero => Math.Truncate(value),
        RoundingMode.Down => Math.Floor(value),
        RoundingMode.Up => Math.Ceiling(value),
        _ => Math.Round(value, MidpointRounding.ToEven),
    };

    private static Int128 Lowest(ScalarType type) => type.IsSigned() ? -(Int128.One << (8 * type.Bytes() - 1)) : 0;

    private static Int128 Highest(ScalarType type) => (Int128.One << (8 * type.Bytes() - (type.IsSigned() ? 1 : 0))) - 1;
}
