using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using KernelForge.Runtime.Cpu.Dots;

namespace KernelForge.Runtime.Cpu;

/// <summary>Sixteen lanes: AVX-512.</summary>
public readonly struct Float512 : IVector<Float512>
{
    private readonly Vector512<float> lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Float512(Vector512<float> lanes) => this.lanes = lanes;

    public static int Count => 16;

    public static int TileRows => 14;

    public static Float512 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<float>.Zero);
    }

    public static Float512 Iota
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512.CreateSequence(0f, 1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Float512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(float* destination, Float512 value) => value.lanes.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator +(Float512 a, Float512 b) => new(a.lanes + b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator -(Float512 a, Float512 b) => new(a.lanes - b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator *(Float512 a, Float512 b) => new(a.lanes * b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator /(Float512 a, Float512 b) => new(a.lanes / b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator -(Float512 a) => new(-a.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 MultiplyAdd(Float512 a, Float512 b, Float512 c) => new(Vector512.MultiplyAddEstimate(a.lanes, b.lanes, c.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Min(Float512 a, Float512 b) => new(Vector512.Min(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Max(Float512 a, Float512 b) => new(Vector512.Max(a.lanes, b.lanes));

    // Of two numbers of which one is none, x86 takes the second; Arm takes what is none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 AtMost(Float512 limit, Float512 value) => new(Vector512.MinNative(limit.lanes, value.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 AtLeast(Float512 limit, Float512 value) => new(Vector512.MaxNative(limit.lanes, value.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Abs(Float512 a) => new(Vector512.Abs(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Sqrt(Float512 a) => new(Vector512.Sqrt(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Floor(Float512 a) => new(Vector512.Floor(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Round(Float512 a) => new(Vector512.Round(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Less(Float512 a, Float512 b) => new(Vector512.LessThan(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LessOrEqual(Float512 a, Float512 b) => new(Vector512.LessThanOrEqual(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Select(Float512 mask, Float512 whenTrue, Float512 whenFalse) =>
        new(Vector512.ConditionalSelect(mask.lanes, whenTrue.lanes, whenFalse.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 First(int count, Float512 value) => First(count, value, Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 First(int count, Float512 value, Float512 otherwise)
    {
        Vector512<int> below = Vector512.LessThan(Vector512.CreateSequence(0, 1), Vector512.Create(count));
        return new(Vector512.ConditionalSelect(below.AsSingle(), value.lanes, otherwise.lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 CopySign(Float512 value, Float512 sign) => new(Vector512.CopySign(value.lanes, sign.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 PowerOfTwo(Float512 integers) =>
        new(((Vector512.ConvertToInt32Native(integers.lanes) + Vector512.Create(127)) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Scale(Float512 value, Float512 integers) =>
        Avx512F.IsSupported ? new(Avx512F.Scale(value.lanes, integers.lanes)) : value * PowerOfTwo(integers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Exponent(Float512 value, out Float512 mantissa)
    {
        // Measured from the bits of the square root of one half, so that the exponent steps there and not at a power of two.
        Vector512<int> half = Vector512.Create(BitConverter.SingleToInt32Bits(0.70710678f));
        Vector512<int> bits = value.lanes.AsInt32();
        Vector512<int> exponent = (bits - half) >> 23;
        mantissa = new((bits - (exponent << 23)).AsSingle());
        return new(Vector512.ConvertToSingle(exponent));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LowerHalves(Float512 bits) => new((bits.lanes.AsInt32() << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 UpperHalves(Float512 bits) => new((bits.lanes.AsUInt32() & Vector512.Create(0xffff0000)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreBFloat16(ushort* destination, Float512 value) => Narrow.Store(destination, value.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 FromInt32(Float512 bits) => new(Vector512.ConvertToSingle(bits.lanes.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Float512 LookUp(float* table, Float512 bits) => Avx512F.IsSupported
        ? new(Avx512F.PermuteVar16x32(Vector512.Load(table), bits.lanes.AsInt32()))
        : new(Vector512.Create(
            Float256.LookUp(table, Float256.Of(bits.lanes.GetLower())).Lanes, Float256.LookUp(table, Float256.Of(bits.lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 DotBytes(Float512 sums, Float512 a, Float512 b)
    {
        if (!Avx512BW.IsSupported)
        {
            Float256 lower = Float256.DotBytes(Float256.Of(sums.lanes.GetLower()), Float256.Of(a.lanes.GetLower()), Float256.Of(b.lanes.GetLower()));
            Float256 upper = Float256.DotBytes(Float256.Of(sums.lanes.GetUpper()), Float256.Of(a.lanes.GetUpper()), Float256.Of(b.lanes.GetUpper()));
            return new(Vector512.Create(lower.Lanes, upper.Lanes));
        }
        // Bytes one and three, then two and four, each as 16 bits: two products of 16 bits fit 32.
        Vector512<ushort> unsigned = a.lanes.AsUInt16();
        Vector512<short> signed = b.lanes.AsInt16();
        Vector512<int> first = Avx512BW.MultiplyAddAdjacent((unsigned & Vector512.Create((ushort)255)).AsInt16(), (signed << 8) >> 8);
        Vector512<int> second = Avx512BW.MultiplyAddAdjacent((unsigned >> 8).AsInt16(), signed >> 8);
        return new((sums.lanes.AsInt32() + first + second).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Float512 value) => Vector512.Sum(value.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Float512 value)
    {
        return Float256.Largest(Float256.Of(Vector256.Max(value.lanes.GetLower(), value.lanes.GetUpper())));
    }
}
