using System.Runtime.Intrinsics;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Rounds floats to 16 bits: to the nearest, ties to even. What is too large becomes infinite, and NaN stays NaN.</summary>
internal static class Narrowing
{
    private const uint LargestFinite = 0x7f7fffff, Infinity = 0x7f800000;

    public static void ToHalf(ReadOnlySpan<float> source, Span<ushort> target)
    {
        int i = 0;
        for (; i <= source.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            Vector256<float> lower = Vector256.Create(source[i..]), upper = Vector256.Create(source[(i + Vector256<float>.Count)..]);
            Vector256.Narrow(ToHalf(lower), ToHalf(upper)).CopyTo(target[i..]);
        }
        for (; i < source.Length; i++) target[i] = BitConverter.HalfToUInt16Bits((Half)source[i]);
    }

    public static void ToBFloat16(ReadOnlySpan<float> source, Span<ushort> target)
    {
        int i = 0;
        for (; i <= source.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            Vector256<float> lower = Vector256.Create(source[i..]), upper = Vector256.Create(source[(i + Vector256<float>.Count)..]);
            Vector256.Narrow(ToBFloat16(lower), ToBFloat16(upper)).CopyTo(target[i..]);
        }
        for (; i < source.Length; i++) target[i] = (ushort)ToBFloat16(Vector256.Create(source[i])).ToScalar();
    }

    /// <summary>A float with 11 bits of precision, still as a float.</summary>
    public static void ToTensorFloat32(Span<float> values)
    {
        foreach (ref float value in values)
        {
            uint bits = BitConverter.SingleToUInt32Bits(value);
            if ((bits & ~(1u << 31)) <= LargestFinite)
                value = BitConverter.UInt32BitsToSingle((bits + 0xfff + ((bits >> 13) & 1)) & ~0x1fffu);
        }
    }

    private static Vector256<uint> ToHalf(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32(), magnitude = bits & Vector256.Create(0x7fffffffu);
        Vector256<uint> odd = (magnitude >>> 13) & Vector256<uint>.One;
        // The exponents' biases differ by 112. A carry out of the mantissa goes to the exponent, at the upper end to infinity.
        Vector256<uint> normal = (magnitude + Vector256.Create(0xfffu) + odd - Vector256.Create(112u << 23)) >>> 13;
        normal = Vector256.Min(normal, Vector256.Create(0x7c00u));
        // Below 2^-14 a half has steps of 2^-24, as a float has above 0.5: the addition rounds to them.
        Vector256<uint> small = (magnitude.AsSingle() + Vector256.Create(0.5f)).AsUInt32() - Vector256.Create(0x3f000000u);
        Vector256<uint> half = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(113u << 23)), small, normal);
        Vector256<uint> quiet = ((magnitude >>> 13) & Vector256.Create(0x3ffu)) | Vector256.Create(0x7e00u);
        half = Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude, Vector256.Create(Infinity)), quiet, half);
        return half | ((bits >>> 16) & Vector256.Create(0x8000u));
    }

    private static Vector256<uint> ToBFloat16(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32();
        Vector256<uint> rounded = (bits + Vector256.Create(0x7fffu) + ((bits >>> 16) & Vector256<uint>.One)) >>> 16;
        Vector256<uint> isNaN = Vector256.GreaterThan(bits & Vector256.Create(0x7fffffffu), Vector256.Create(Infinity));
        return Vector256.ConditionalSelect(isNaN, (bits >>> 16) | Vector256.Create(0x40u), rounded);
    }
}
