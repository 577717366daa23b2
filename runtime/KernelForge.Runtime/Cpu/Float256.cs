using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using KernelForge.Runtime.Cpu.Dots;

namespace KernelForge.Runtime.Cpu;

/// <summary>Eight lanes: AVX2 with FMA.</summary>
public readonly struct Float256 : IVector<Float256>
{
    private readonly Vector256<float> lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Float256(Vector256<float> lanes) => this.lanes = lanes;

    internal Vector256<float> Lanes => lanes;

    internal static Float256 Of(Vector256<float> lanes) => new(lanes);

    public static int Count => 8;

    public static int TileRows => 6;

    public static Float256 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<float>.Zero);
    }

    public static Float256 Iota
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256.CreateSequence(0f, 1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Float256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(float* destination, Float256 value) => value.lanes.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator +(Float256 a, Float256 b) => new(a.lanes + b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator -(Float256 a, Float256 b) => new(a.lanes - b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator *(Float256 a, Float256 b) => new(a.lanes * b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator /(Float256 a, Float256 b) => new(a.lanes / b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator -(Float256 a) => new(-a.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 MultiplyAdd(Float256 a, Float256 b, Float256 c) => new(Vector256.MultiplyAddEstimate(a.lanes, b.lanes, c.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Min(Float256 a, Float256 b) => new(Vector256.Min(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Max(Float256 a, Float256 b) => new(Vector256.Max(a.lanes, b.lanes));

    // Of two numbers of which one is none, x86 takes the second; Arm takes what is none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 AtMost(Float256 limit, Float256 value) => new(Vector256.MinNative(limit.lanes, value.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 AtLeast(Float256 limit, Float256 value) => new(Vector256.MaxNative(limit.lanes, value.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Abs(Float256 a) => new(Vector256.Abs(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Sqrt(Float256 a) => new(Vector256.Sqrt(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Floor(Float256 a) => new(Vector256.Floor(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Round(Float256 a) => new(Vector256.Round(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Less(Float256 a, Float256 b) => new(Vector256.LessThan(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LessOrEqual(Float256 a, Float256 b) => new(Vector256.LessThanOrEqual(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Select(Float256 mask, Float256 whenTrue, Float256 whenFalse) =>
        new(Vector256.ConditionalSelect(mask.lanes, whenTrue.lanes, whenFalse.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 First(int count, Float256 value) => First(count, value, Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 First(int count, Float256 value, Float256 otherwise)
    {
        Vector256<int> below = Vector256.LessThan(Vector256.CreateSequence(0, 1), Vector256.Create(count));
        return new(Vector256.ConditionalSelect(below.AsSingle(), value.lanes, otherwise.lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 CopySign(Float256 value, Float256 sign) => new(Vector256.CopySign(value.lanes, sign.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 PowerOfTwo(Float256 integers) =>
        new(((Vector256.ConvertToInt32Native(integers.lanes) + Vector256.Create(127)) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Scale(Float256 value, Float256 integers) =>
        value * PowerOfTwo(integers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Exponent(Float256 value, out Float256 mantissa)
    {
        // Measured from the bits of the square root of one half, so that the exponent steps there and not at a power of two.
        Vector256<int> half = Vector256.Create(BitConverter.SingleToInt32Bits(0.70710678f));
        Vector256<int> bits = value.lanes.AsInt32();
        Vector256<int> exponent = (bits - half) >> 23;
        mantissa = new((bits - (exponent << 23)).AsSingle());
        return new(Vector256.ConvertToSingle(exponent));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LowerHalves(Float256 bits) => new((bits.lanes.AsInt32() << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 UpperHalves(Float256 bits) => new((bits.lanes.AsUInt32() & Vector256.Create(0xffff0000)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreBFloat16(ushort* destination, Float256 value) => Narrow.Store(destination, value.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 FromInt32(Float256 bits) => new(Vector256.ConvertToSingle(bits.lanes.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Float256 LookUp(float* table, Float256 bits)
    {
        if (!Avx2.IsSupported)
            return new(Vector256.Create(
                Float128.LookUp(table, Float128.Of(bits.lanes.GetLower())).Lanes, Float128.LookUp(table, Float128.Of(bits.lanes.GetUpper())).Lanes));
        Vector256<int> numbers = bits.lanes.AsInt32();
        Vector256<float> lower = Avx2.PermuteVar8x32(Vector256.Load(table), numbers), upper = Avx2.PermuteVar8x32(Vector256.Load(table + Count), numbers);
        return new(Vector256.ConditionalSelect(((numbers << 28) >> 31).AsSingle(), upper, lower));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 DotBytes(Float256 sums, Float256 a, Float256 b)
    {
        if (!Avx2.IsSupported)
        {
            Float128 lower = Float128.DotBytes(Float128.Of(sums.lanes.GetLower()), Float128.Of(a.lanes.GetLower()), Float128.Of(b.lanes.GetLower()));
            Float128 upper = Float128.DotBytes(Float128.Of(sums.lanes.GetUpper()), Float128.Of(a.lanes.GetUpper()), Float128.Of(b.lanes.GetUpper()));
            return new(Vector256.Create(lower.Lanes, upper.Lanes));
        }
        // Bytes one and three, then two and four, each as 16 bits: two products of 16 bits fit 32.
        Vector256<ushort> unsigned = a.lanes.AsUInt16();
        Vector256<short> signed = b.lanes.AsInt16();
        Vector256<int> first = Avx2.MultiplyAddAdjacent((unsigned & Vector256.Create((ushort)255)).AsInt16(), (signed << 8) >> 8);
        Vector256<int> second = Avx2.MultiplyAddAdjacent((unsigned >> 8).AsInt16(), signed >> 8);
        return new((sums.lanes.AsInt32() + first + second).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Float256 value) => Vector256.Sum(value.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Float256 value)
    {
        return Float128.Largest(Float128.Of(Vector128.Max(value.lanes.GetLower(), value.lanes.GetUpper())));
    }
}
