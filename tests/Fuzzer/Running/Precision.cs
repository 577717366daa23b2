using KernelForge.Runtime.Cuda;

namespace KernelForge.Fuzzer.Running;

/// <summary>How exact a device's numbers are, and how the reference run learns what that does to a layer.</summary>
/// <param name="Unit">Half the distance of neighbouring numbers, of a number's own size.</param>
/// <param name="Roundings">What becomes of a number that the reference run stores, in runs of their own.</param>
internal sealed record Precision(double Unit, Func<double, double>[] Roundings)
{
    /// <summary>
    /// Numbers changed by up to 2⁻¹⁸, 64 times what rounding to float32 does, and the same allowed for what is computed within a kernel
    /// and never stored.
    /// </summary>
    public static Precision Single { get; } = new(1.0 / (1 << 18), [x => Changed(x, 1.0 / (1 << 18))]);

    /// <summary>Float16 and TensorFloat32: 11 significant bits.</summary>
    public static Precision Bits11 { get; } = OfBits(11);

    /// <summary>BFloat16: 8 significant bits.</summary>
    public static Precision Bits8 { get; } = OfBits(8);

    public static Precision Of(CudaPrecision precision) => precision switch
    {
        CudaPrecision.Float16 or CudaPrecision.TensorFloat32 => Bits11,
        CudaPrecision.BFloat16 => Bits8,
        _ => Single,
    };

    /// <summary>
    /// The yardstick of docs/decisions/032 (every number rounded to so many bits where it is stored), and beside it two runs whose numbers
    /// are changed by as much as rounding can: of the few numbers of a small layer, the largest error of one run alone is luck.
    /// </summary>
    private static Precision OfBits(int bits) => new(
        Math.Pow(2, -bits), [x => Rounded(x, bits), x => Changed(x, Math.Pow(2, -bits)), x => Changed(x, Math.Pow(2, -bits), 0x94D049BB133111EB)]);

    /// <summary>To nearest, ties to even; exponents of any size.</summary>
    private static double Rounded(double x, int bits)
    {
        if (!double.IsFinite(x)) return x;
        int dropped = 53 - bits;
        long pattern = BitConverter.DoubleToInt64Bits(x);
        long half = (1L << (dropped - 1)) - 1 + ((pattern >> dropped) & 1);
        return BitConverter.Int64BitsToDouble((pattern + half) & ~((1L << dropped) - 1));
    }

    /// <summary>Changed by what follows from the number itself, so that equal numbers stay equal; what is exact stays as it is.</summary>
    private static double Changed(double x, double step, ulong salt = 0)
    {
        if (!double.IsFinite(x) || (x * 8 == Math.Floor(x * 8) && Math.Abs(x) < 1024)) return x;
        ulong hash = ((ulong)BitConverter.DoubleToInt64Bits(x) ^ salt) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9;
        return x * (1 + (step * (((hash >> 11) / (double)(1L << 52)) - 1)));
    }
}
