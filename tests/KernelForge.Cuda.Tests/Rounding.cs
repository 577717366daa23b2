using KernelForge.Reference;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Cuda.Tests;

/// <summary>
/// The reference run, in double precision, with each number rounded to so many significant bits when it is stored: what an element does to
/// a layer's result, whoever computes with it. The yardstick of 16-bit devices (docs/decisions/032).
/// </summary>
internal static class Rounding
{
    /// <summary>
    /// How many times as far as the yardstick a device may be at worst. The yardstick stores each operation's result, a device only what
    /// leaves a kernel, so that its errors are smaller as a rule; but the largest of some thousand errors is a matter of luck, most of all
    /// where a root or a floor magnifies a few of them.
    /// </summary>
    public const double Factor = 2;

    public static int SignificantBits(CudaPrecision precision) => precision switch
    {
        CudaPrecision.Float16 or CudaPrecision.TensorFloat32 => 11,
        CudaPrecision.BFloat16 => 8,
        _ => 24,
    };

    /// <summary>What a function gives whose reference runs round to <paramref name="bits"/> significant bits.</summary>
    public static T To<T>(int bits, Func<T> function)
    {
        Storage.Rounding = x => Round(x, bits);
        try
        {
            return function();
        }
        finally
        {
            Storage.Rounding = null;
        }
    }

    /// <summary>To nearest, ties to even; exponents of any size.</summary>
    public static double Round(double x, int bits)
    {
        if (!double.IsFinite(x)) return x;
        int dropped = 53 - bits;
        long pattern = BitConverter.DoubleToInt64Bits(x);
        long half = (1L << (dropped - 1)) - 1 + (pattern >> dropped & 1);
        return BitConverter.Int64BitsToDouble(pattern + half & ~((1L << dropped) - 1));
    }
}
