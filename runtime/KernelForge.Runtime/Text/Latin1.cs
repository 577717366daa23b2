using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace KernelForge.Runtime.Text;

/// <summary>Sixteen characters at a time, a byte each.</summary>
internal static class Latin1
{
    public const int Block = 16;

    /// <summary>The first sixteen characters; what is beyond Latin-1 becomes 0xFF.</summary>
    public static Vector128<byte> Load(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<ushort> units = MemoryMarshal.Cast<char, ushort>(text[..Block]);
        return Vector128.NarrowWithSaturation(Vector128.Create(units), Vector128.Create(units[8..]));
    }

    /// <summary>A bit for each of the first sixteen characters that is no ASCII letter or digit.</summary>
    public static uint FindOthers(ReadOnlySpan<char> text)
    {
        Vector128<byte> c = Load(text);
        Vector128<byte> lower = c | Vector128.Create((byte)0x20);
        Vector128<byte> letters = Vector128.LessThan(lower - Vector128.Create((byte)'a'), Vector128.Create((byte)26));
        Vector128<byte> digits = Vector128.LessThan(c - Vector128.Create((byte)'0'), Vector128.Create((byte)10));
        return ~(letters | digits).ExtractMostSignificantBits() & 0xFFFF;
    }
}
