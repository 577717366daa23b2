using System.Buffers.Binary;
using System.Globalization;

namespace KernelForge.Emulation.Tests.Conformance;

/// <summary>Compares tensors as numbers.</summary>
internal static class Elements
{
    /// <summary>The first element that is too far off, in words, and how many are; null where none is.</summary>
    public static string? Difference(string type, byte[] got, byte[] want, (double Absolute, double Relative) tolerance)
    {
        int width = type switch { "int8" or "uint8" => 1, "float16" or "bfloat16" => 2, "int64" or "float64" => 8, _ => 4 };
        int wrong = 0;
        string? first = null;
        for (int i = 0; i < want.Length; i += width)
        {
            if (IsClose(type, got.AsSpan(i, width), want.AsSpan(i, width), tolerance)) continue;
            if (wrong++ > 0) continue;
            first = string.Create(CultureInfo.InvariantCulture,
                $"element {i / width} is {Value(type, got.AsSpan(i, width)):R} and should be {Value(type, want.AsSpan(i, width)):R}");
        }
        return first is null ? null : $"{first}; {wrong} of {want.Length / width} differ";
    }

    // Where nothing may differ, the bits decide, so that the sign of zero counts.
    private static bool IsClose(string type, ReadOnlySpan<byte> got, ReadOnlySpan<byte> want, (double Absolute, double Relative) tolerance)
    {
        if (got.SequenceEqual(want)) return true;
        double x = Value(type, got), y = Value(type, want);
        if (double.IsNaN(x) || double.IsNaN(y)) return double.IsNaN(x) && double.IsNaN(y);
        if (x == 0 && y == 0) return tolerance.Absolute > 0;
        return x == y ? !type.StartsWith("int", StringComparison.Ordinal) : Math.Abs(x - y) <= tolerance.Absolute + tolerance.Relative * Math.Abs(y);
    }

    private static double Value(string type, ReadOnlySpan<byte> bytes) => type switch
    {
        "float32" => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        "float64" => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        "float16" => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        "bfloat16" => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
        "int8" => (sbyte)bytes[0],
        "uint8" => bytes[0],
        "int32" => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        "uint32" => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        "int64" => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => throw new InvalidDataException($"tensors of {type} are not compared"),
    };
}
