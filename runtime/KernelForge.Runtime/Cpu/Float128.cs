using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using KernelForge.Runtime.Cpu.Dots;

namespace KernelForge.Runtime.Cpu;

/// <summary>Four lanes: Arm64's AdvSimd (32 registers), or x64 (16 registers).</summary>
public readonly struct Float128 : IVector<Float128>
{
    private readonly Vector128<float> lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Float128(Vector128<float> lanes) => this.lanes = lanes;

    internal Vector128<float> Lanes => lanes;

    internal static Float128 Of(Vector128<float> lanes) => new(lanes);

    public static int Count => 4;

    public static int TileRows => AdvSimd.IsSupported ? 14 : 6;

    public static Float128 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector128<float>.Zero);
    }

    public static Float128 Iota
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector128.CreateSequence(0f, 1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Float128 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(float* destination, Float128 value) => value.lanes.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator +(Float128 a, Float128 b) => new(a.lanes + b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator -(Float128 a, Float128 b) => new(a.lanes - b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator *(Float128 a, Float128 b) => new(a.lanes * b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator /(Float128 a, Float128 b) => new(a.lanes / b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator -(Float128 a) => new(-a.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 MultiplyAdd(Float128 a, Float128 b, Float128 c) => new(Vector128.MultiplyAddEstimate(a.lanes, b.lanes, c.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Min(Float128 a, Float128 b) => new(Vector128.Min(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Max(Float128 a, Float128 b) => new(Vector128.Max(a.lanes, b.lanes));

    // Of two numbers of which one is none, x86 takes the second; Arm takes what is none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 AtMost(Float128 limit, Float128 value) => new(Vector128.MinNative(limit.lanes, value.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 AtLeast(Float128 limit, Float128 value) => new(Vector128.MaxNative(limit.lanes, value.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Abs(Float128 a) => new(Vector128.Abs(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Sqrt(Float128 a) => new(Vector128.Sqrt(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Floor(Float128 a) => new(Vector128.Floor(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Round(Float128 a) => new(Vector128.Round(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Less(Float128 a, Float128 b) => new(Vector128.LessThan(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LessOrEqual(Float128 a, Float128 b) => new(Vector128.LessThanOrEqual(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Select(Float128 mask, Float128 whenTrue, Float128 whenFalse) =>
        new(Vector128.ConditionalSelect(mask.lanes, whenTrue.lanes, whenFalse.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 First(int count, Float128 value) => First(count, value, Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 First(int count, Float128 value, Float128 otherwise)
    {
        Vector128<int> below = Vector128.LessThan(Vector128.CreateSequence(0, 1), Vector128.Create(count));
        return new(Vector128.ConditionalSelect(below.AsSingle(), value.lanes, otherwise.lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 CopySign(Float128 value, Float128 sign) => new(Vector128.CopySign(value.lanes, sign.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 PowerOfTwo(Float128 integers) =>
        new(((Vector128.ConvertToInt32Native(integers.lanes) + Vector128.Create(127)) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Scale(Float128 value, Float128 integers) =>
        value * PowerOfTwo(integers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Exponent(Float128 value, out Float128 mantissa)
    {
        // Measured from the bits of the square root of one half, so that the exponent steps there and not at a power of two.
        Vector128<int> half = Vector128.Create(BitConverter.SingleToInt32Bits(0.70710678f));
        Vector128<int> bits = value.lanes.AsInt32();
        Vector128<int> exponent = (bits - half) >> 23;
        mantissa = new((bits - (exponent << 23)).AsSingle());
        return new(Vector128.ConvertToSingle(exponent));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LowerHalves(Float128 bits) => new((bits.lanes.AsInt32() << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 UpperHalves(Float128 bits) => new((bits.lanes.AsUInt32() & Vector128.Create(0xffff0000)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreBFloat16(ushort* destination, Float128 value) => Narrow.Store(destination, value.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 FromInt32(Float128 bits) => new(Vector128.ConvertToSingle(bits.lanes.AsInt32()));

    public static unsafe Float128 LookUp(float* table, Float128 bits)
    {
        Vector128<int> numbers = bits.lanes.AsInt32() & Vector128.Create(VectorMath.TableLength - 1);
        return new(Vector128.Create(table[numbers[0]], table[numbers[1]], table[numbers[2]], table[numbers[3]]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 DotBytes(Float128 sums, Float128 a, Float128 b)
    {
        if (!Sse2.IsSupported)
        {
            Vector128<int> total = sums.lanes.AsInt32();
            for (int shift = 24; shift >= 0; shift -= 8)
                total += ((a.lanes.AsUInt32() << shift) >> 24).AsInt32() * ((b.lanes.AsInt32() << shift) >> 24);
            return new(total.AsSingle());
        }
        // Bytes one and three, then two and four, each as 16 bits: two products of 16 bits fit 32.
        Vector128<ushort> unsigned = a.lanes.AsUInt16();
        Vector128<short> signed = b.lanes.AsInt16();
        Vector128<int> first = Sse2.MultiplyAddAdjacent((unsigned & Vector128.Create((ushort)255)).AsInt16(), (signed << 8) >> 8);
        Vector128<int> second = Sse2.MultiplyAddAdjacent((unsigned >> 8).AsInt16(), signed >> 8);
        return new((sums.lanes.AsInt32() + first + second).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Float128 value) => Vector128.Sum(value.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Float128 value)
    {
        Vector128<float> pairs = Vector128.Max(value.lanes, Vector128.Shuffle(value.lanes, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(pairs, Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
