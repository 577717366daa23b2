using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>Rounds float32 to what cells hold. The same bits at every width of vectors.</summary>
internal static unsafe class Narrow
{
    /// <summary>What stands for zero in a byte without a sign.</summary>
    public const int Zero = 128;

    private const int Largest = 127;

    /// <summary>Values of a row to bfloat16, to nearest, ties to even; zeros behind them, up to <paramref name="cells"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void ToBFloat16(float* values, int count, int* cells, int cellCount)
    {
        var halves = (ushort*)cells;
        int i = 0;
        for (; i + Vector512<float>.Count <= count; i += Vector512<float>.Count)
        {
            Vector256.Store(
                Vector256.Narrow(Rounded(Vector256.Load(values + i)), Rounded(Vector256.Load(values + i + Vector256<float>.Count))), halves + i);
        }
        for (; i < count; i++) halves[i] = (ushort)Rounded(Vector256.Create(values[i])).ToScalar();
        for (; i < 2 * cellCount; i++) halves[i] = 0;
    }

    /// <summary>Two rows of values to one of cells, the first in the lower halves; without a second, zeros in the upper ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void PairToBFloat16(float* first, float* second, int count, int* cells)
    {
        int i = 0;
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
    /// <paramref name="cells"/>: weights are zero there.
    /// </summary>
    /// <returns>What one step is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static float ToBytes(float* values, int count, int* cells, int cellCount)
    {
        float largest = LargestMagnitude(values, count), factor = largest > 0 ? Largest / largest : 0;
        var bytes = (byte*)cells;
        Vector256<float> factors = Vector256.Create(factor);
        Vector256<int> zero = Vector256.Create(Zero);
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            Vector256<int> first = Steps(Vector256.Load(values + i)), second = Steps(Vector256.Load(values + i + 8));
            Vector256<short> both = Vector256.Narrow(first, second);
            Vector128.Store(Vector128.Narrow(both.GetLower(), both.GetUpper()).AsByte(), bytes + i);
        }
        for (; i < count; i++) bytes[i] = (byte)Steps(Vector256.Create(values[i])).ToScalar();
        for (; i < 4 * cellCount; i++) bytes[i] = 0;
        return largest / Largest;

        Vector256<int> Steps(Vector256<float> x) => Vector256.ConvertToInt32Native(Vector256.Round(x * factors)) + zero;
    }

    /// <summary>A column's largest magnitude to 127, and the rest with it: a weight as a byte with a sign.</summary>
    public static sbyte ToSignedByte(float value, float factor) => (sbyte)MathF.Round(value * factor);

    public static float FactorOf(float largest) => largest > 0 ? Largest / largest : 0;

    public static float StepOf(float largest) => largest / Largest;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rounded(Vector256<float> x)
    {
        Vector256<uint> bits = x.AsUInt32();
        Vector256<uint> rounded = bits + Vector256.Create(0x7fffu) + ((bits >> 16) & Vector256<uint>.One);
        // What is no number stays none: rounding could carry its bits into the sign.
        return Vector256.ConditionalSelect(Vector256.Equals(x, x).AsUInt32(), rounded, bits | Vector256.Create(0x400000u)) >> 16;
    }

    private static float LargestMagnitude(float* values, int count)
    {
        Vector256<float> largest = Vector256<float>.Zero;
        int i = 0;
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
            largest = Vector256.Max(largest, Vector256.Abs(Vector256.Load(values + i)));
        float one = 0;
        for (int lane = 0; lane < Vector256<float>.Count; lane++) one = MathF.Max(one, largest[lane]);
        for (; i < count; i++) one = MathF.Max(one, MathF.Abs(values[i]));
        return one;
    }
}
