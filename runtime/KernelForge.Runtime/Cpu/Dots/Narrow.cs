using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>Rounds float32 to what cells hold. The same bits at every width of vectors.</summary>
internal static unsafe class Narrow
{
    /// <summary>What stands for zero in a byte without a sign.</summary>
    public const int Zero = 128;

    private const int Largest = 127;

    /// <summary>Values of a row to bfloat16, to nearest, ties to even; zeros behind them, up to <paramref name="cellCount"/> cells.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void ToBFloat16(float* values, int count, int* cells, int cellCount)
    {
        var halves = (ushort*)cells;
        int i = 0;
        for (; i + Vector512<float>.Count <= count; i += Vector512<float>.Count) Store(halves + i, Vector512.Load(values + i));
        for (; i < count; i++) halves[i] = (ushort)Rounded(Vector256.Create(values[i])).ToScalar();
        for (; i < 2 * cellCount; i++) halves[i] = 0;
    }

    /// <summary>Two rows of values to one of cells, the first in the lower halves; without a second, zeros in the upper ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void PairToBFloat16(float* first, float* second, int count, int* cells)
    {
        int i = 0;
        for (; Avx512F.IsSupported && second is not null && i + Vector512<float>.Count <= count; i += Vector512<float>.Count)
            (Rounded(Vector512.Load(first + i)) | (Rounded(Vector512.Load(second + i)) << 16)).AsInt32().Store(cells + i);
        for (; second is not null && i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
            Vector256.Store((Rounded(Vector256.Load(first + i)) | (Rounded(Vector256.Load(second + i)) << 16)).AsInt32(), cells + i);
        for (; i < count; i++)
        {
            uint upper = second is null ? 0 : Rounded(Vector256.Create(second[i])).ToScalar();
            cells[i] = (int)(Rounded(Vector256.Create(first[i])).ToScalar() | (upper << 16));
        }
    }

    /// <summary>
    /// Values of a row to bytes without a sign, <see cref="Zero"/> standing for 0; the largest magnitude becomes 127. Zeros behind them, up to
    /// <paramref name="cellCount"/> cells: weights are zero there.
    /// </summary>
    /// <returns>What one step is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static float ToBytes(float* values, int count, int* cells, int cellCount)
    {
        float largest = LargestMagnitude(values, count), factor = FactorOf(largest);
        var bytes = (byte*)cells;
        int i = 0;
        for (; Avx512F.IsSupported && i + Vector512<float>.Count <= count; i += Vector512<float>.Count)
        {
            Vector512<int> steps = Avx512F.ConvertToVector512Int32(Vector512.Load(values + i) * Vector512.Create(factor));
            Avx512F.ConvertToVector128Byte(steps + Vector512.Create(Zero)).Store(bytes + i);
        }
        for (; i + 16 <= count; i += 16)
        {
            Vector256<int> first = Steps(Vector256.Load(values + i), factor), second = Steps(Vector256.Load(values + i + 8), factor);
            Vector256<short> both = Vector256.Narrow(first + Vector256.Create(Zero), second + Vector256.Create(Zero));
            Vector128.Store(Vector128.Narrow(both.GetLower(), both.GetUpper()).AsByte(), bytes + i);
        }
        for (; i < count; i++) bytes[i] = (byte)(Steps(Vector256.Create(values[i]), factor).ToScalar() + Zero);
        for (; i < 4 * cellCount; i++) bytes[i] = 0;
        return StepOf(largest);
    }

    /// <summary>Values in whole steps, to nearest, ties to even: of the largest magnitude, 127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Steps(Vector256<float> values, float factor) => Steps(values, Vector256.Create(factor));

    /// <inheritdoc cref="Steps(Vector256{float}, float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Steps(Vector256<float> values, Vector256<float> factors) =>
        Vector256.ConvertToInt32Native(Vector256.Round(values * factors));

    /// <summary>Steps a unit, so that the largest magnitude becomes 127.</summary>
    public static float FactorOf(float largest) => largest > 0 ? Largest / largest : 0;

    /// <summary>What one step is.</summary>
    public static float StepOf(float largest) => largest / Largest;

    /// <summary>As <see cref="ToBFloat16"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ushort* halves, Vector512<float> values)
    {
        if (Avx512F.IsSupported) Avx512F.ConvertToVector256UInt16(Rounded(values)).Store(halves);
        else Vector256.Narrow(Rounded(values.GetLower()), Rounded(values.GetUpper())).Store(halves);
    }

    /// <inheritdoc cref="Store(ushort*, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ushort* halves, Vector256<float> values)
    {
        Vector256<uint> rounded = Rounded(values);
        Vector128.Narrow(rounded.GetLower(), rounded.GetUpper()).Store(halves);
    }

    /// <inheritdoc cref="Store(ushort*, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ushort* halves, Vector128<float> values)
    {
        Vector128<uint> rounded = Rounded(values.ToVector256()).GetLower();
        Vector128.Narrow(rounded, rounded).GetLower().Store(halves);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rounded(Vector256<float> x)
    {
        Vector256<uint> bits = x.AsUInt32();
        Vector256<uint> rounded = bits + Vector256.Create(0x7fffu) + ((bits >> 16) & Vector256<uint>.One);
        // What is no number stays none: rounding could carry its bits into the sign.
        return Vector256.ConditionalSelect(Vector256.Equals(x, x).AsUInt32(), rounded, bits | Vector256.Create(0x400000u)) >> 16;
    }

    /// <inheritdoc cref="Rounded(Vector256{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Rounded(Vector512<float> x)
    {
        Vector512<uint> bits = x.AsUInt32();
        Vector512<uint> rounded = bits + Vector512.Create(0x7fffu) + ((bits >> 16) & Vector512<uint>.One);
        return Vector512.ConditionalSelect(Vector512.Equals(x, x).AsUInt32(), rounded, bits | Vector512.Create(0x400000u)) >> 16;
    }

    /// <summary>As whole numbers, magnitudes are ordered as they are as floats, and a NaN is above them all.</summary>
    private static float LargestMagnitude(float* values, int count)
    {
        int i = 0;
        Vector256<int> all = Vector256<int>.Zero;
        if (Avx512F.IsSupported)
        {
            Vector512<int> first = Vector512<int>.Zero, second = Vector512<int>.Zero, magnitude = Vector512.Create(int.MaxValue);
            for (; i + (2 * Vector512<int>.Count) <= count; i += 2 * Vector512<int>.Count)
            {
                first = Vector512.Max(first, Vector512.Load(values + i).AsInt32() & magnitude);
                second = Vector512.Max(second, Vector512.Load(values + i + Vector512<int>.Count).AsInt32() & magnitude);
            }
            first = Vector512.Max(first, second);
            all = Vector256.Max(first.GetLower(), first.GetUpper());
        }
        for (; i + Vector256<int>.Count <= count; i += Vector256<int>.Count)
            all = Vector256.Max(all, Vector256.Load(values + i).AsInt32() & Vector256.Create(int.MaxValue));
        int largest = 0;
        for (int lane = 0; lane < Vector256<int>.Count; lane++) largest = Math.Max(largest, all[lane]);
        for (; i < count; i++) largest = Math.Max(largest, BitConverter.SingleToInt32Bits(values[i]) & int.MaxValue);
        return BitConverter.Int32BitsToSingle(largest);
    }
}
