using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace KernelForge.Runtime.Weights;

/// <summary>
/// Converts stored elements to the types the devices compute in. The source may begin at any address: a header of odd length leaves
/// everything after it unaligned, so elements are read by vector loads and <see cref="MemoryMarshal.Read{T}"/> alone.
/// </summary>
internal static class Widening
{
    /// <summary>2^112, float's exponent bias less Half's: a product with it moves a value from one to the other, exactly.</summary>
    private const float Rebias = 5192296858534827628530496329220096f;

    public static void ToSingle(WeightDataType type, ReadOnlySpan<byte> source, Span<float> target)
    {
        switch (type)
        {
            case WeightDataType.F32: source.CopyTo(MemoryMarshal.AsBytes(target)); break;
            case WeightDataType.F16: HalfToSingle(source, target); break;
            case WeightDataType.BF16: BFloat16ToSingle(source, target); break;
            case WeightDataType.F64: DoubleToSingle(source, target); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, "not a real type");
        }
    }

    public static void ToDouble(WeightDataType type, ReadOnlySpan<byte> source, Span<double> target)
    {
        if (type == WeightDataType.F64)
        {
            source.CopyTo(MemoryMarshal.AsBytes(target));
            return;
        }
        // Every other type fits float exactly, so the way through it rounds nothing.
        Span<float> singles = stackalloc float[512];
        int size = type.Bytes();
        for (int done = 0; done < target.Length;)
        {
            int count = Math.Min(singles.Length, target.Length - done);
            ToSingle(type, source.Slice(done * size, count * size), singles[..count]);
            for (int i = 0; i < count; i++) target[done + i] = singles[i];
            done += count;
        }
    }

    public static void ToInt64(WeightDataType type, ReadOnlySpan<byte> source, Span<long> target)
    {
        int size = type.Bytes();
        for (int i = 0; i < target.Length; i++)
        {
            ReadOnlySpan<byte> element = source.Slice(i * size, size);
            target[i] = type switch
            {
                WeightDataType.Bool => element[0] == 0 ? 0 : 1,
                WeightDataType.U8 => element[0],
                WeightDataType.I8 => (sbyte)element[0],
                WeightDataType.I16 => MemoryMarshal.Read<short>(element),
                WeightDataType.U16 => MemoryMarshal.Read<ushort>(element),
                WeightDataType.I32 => MemoryMarshal.Read<int>(element),
                WeightDataType.U32 => MemoryMarshal.Read<uint>(element),
                WeightDataType.I64 => MemoryMarshal.Read<long>(element),
                WeightDataType.U64 => Signed(MemoryMarshal.Read<ulong>(element)),
                _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not an integer type"),
            };
        }
    }

    private static long Signed(ulong value) =>
        value <= long.MaxValue ? (long)value : throw new OverflowException($"{value} is above 2^63 - 1");

    private static void DoubleToSingle(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            double value = MemoryMarshal.Read<double>(source[(i * sizeof(double))..]);
            target[i] = (float)value;
            if (float.IsInfinity(target[i]) && double.IsFinite(value)) throw new OverflowException($"{value} is beyond float's range");
        }
    }

    private static void HalfToSingle(ReadOnlySpan<byte> source, Span<float> target)
    {
        int i = 0;
        for (; i <= target.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            (Vector256<uint> lower, Vector256<uint> upper) = Load(source, i);
            HalfToSingle(lower).CopyTo(target[i..]);
            HalfToSingle(upper).CopyTo(target[(i + Vector256<float>.Count)..]);
        }
        for (; i < target.Length; i++) target[i] = (float)MemoryMarshal.Read<Half>(source[(i * sizeof(ushort))..]);
    }

    private static Vector256<float> HalfToSingle(Vector256<uint> half)
    {
        Vector256<uint> magnitude = half & Vector256.Create(0x7fffu);
        Vector256<uint> sign = (half & Vector256.Create(0x8000u)) << 16;
        Vector256<uint> rebiased = ((magnitude << 13).AsSingle() * Vector256.Create(Rebias)).AsUInt32();
        // Half's largest exponent means infinity or NaN, and so must the result's.
        Vector256<uint> special = Vector256.GreaterThan(magnitude, Vector256.Create(0x7bffu)) & Vector256.Create(0x7f800000u);
        return (rebiased | special | sign).AsSingle();
    }

    private static void BFloat16ToSingle(ReadOnlySpan<byte> source, Span<float> target)
    {
        int i = 0;
        for (; i <= target.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            (Vector256<uint> lower, Vector256<uint> upper) = Load(source, i);
            (lower << 16).AsSingle().CopyTo(target[i..]);
            (upper << 16).AsSingle().CopyTo(target[(i + Vector256<float>.Count)..]);
        }
        for (; i < target.Length; i++)
            target[i] = BitConverter.UInt32BitsToSingle((uint)MemoryMarshal.Read<ushort>(source[(i * sizeof(ushort))..]) << 16);
    }

    private static (Vector256<uint> Lower, Vector256<uint> Upper) Load(ReadOnlySpan<byte> source, int element) =>
        Vector256.Widen(Vector256.Create(source.Slice(element * sizeof(ushort), Vector256<byte>.Count)).AsUInt16());
}
