using System.Runtime.InteropServices;
using KernelForge.Runtime.Weights;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Rows of floats to rows of a device's elements and back.</summary>
internal static class Elements
{
    /// <summary>Columns of a row in device memory: rows begin at multiples of eight elements.</summary>
    public static int Padded(int columns) => checked(columns + 7) & -8;

    /// <summary>To elements, rounded to the nearest; what pads a row becomes zeros, and what an element cannot hold infinite.</summary>
    /// <param name="source">[rows, columns].</param>
    /// <param name="target">[rows, padded columns] elements, as bytes.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="precision">The element.</param>
    public static void Encode(ReadOnlySpan<float> source, Span<byte> target, int columns, CudaPrecision precision)
    {
        int row = Padded(columns) * precision.Bytes, used = columns * precision.Bytes;
        if (used == row)
        {
            Encode(source, target, precision);
            return;
        }
        for (; source.Length > 0; source = source[columns..], target = target[row..])
        {
            Encode(source[..columns], target, precision);
            target[used..row].Clear();
        }
    }

    /// <summary>The reverse; what pads the rows is left out.</summary>
    public static void Decode(ReadOnlySpan<byte> source, Span<float> target, int columns, CudaPrecision precision)
    {
        int row = Padded(columns) * precision.Bytes;
        if (columns * precision.Bytes == row)
        {
            Decode(source, target, precision);
            return;
        }
        for (; target.Length > 0; source = source[row..], target = target[columns..]) Decode(source, target[..columns], precision);
    }

    private static void Encode(ReadOnlySpan<float> source, Span<byte> target, CudaPrecision precision)
    {
        switch (precision)
        {
            case CudaPrecision.Float16: Narrowing.ToHalf(source, MemoryMarshal.Cast<byte, ushort>(target)); break;
            case CudaPrecision.BFloat16: Narrowing.ToBFloat16(source, MemoryMarshal.Cast<byte, ushort>(target)); break;
            default: source.CopyTo(MemoryMarshal.Cast<byte, float>(target)); break;
        }
    }

    private static void Decode(ReadOnlySpan<byte> source, Span<float> target, CudaPrecision precision)
    {
        WeightDataType type = precision switch
        {
            CudaPrecision.Float16 => WeightDataType.F16,
            CudaPrecision.BFloat16 => WeightDataType.BF16,
            _ => WeightDataType.F32,
        };
        Widening.ToSingle(type, source[..(target.Length * precision.Bytes)], target);
    }
}
