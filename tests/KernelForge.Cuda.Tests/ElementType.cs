using System.Runtime.InteropServices;

namespace KernelForge.Cuda.Tests;

/// <summary>What the numbers of a buffer are stored as.</summary>
/// <param name="Name">As the device library calls it.</param>
/// <param name="Bytes">Of one number.</param>
/// <param name="Unit">The largest relative error of a stored result that is not tiny.</param>
/// <param name="Least">The largest error of a tiny one: half the least positive number.</param>
internal sealed record ElementType(string Name, int Bytes, double Unit, double Least)
{
    public static IReadOnlyList<ElementType> All { get; } =
    [
        new("f16", 2, Math.ScaleB(1, -11), Math.ScaleB(1, -25)), new("bf16", 2, Math.ScaleB(1, -8), 0),
        new("tf32", 4, Math.ScaleB(1, -24), 0), new("float", 4, Math.ScaleB(1, -24), 0),
    ];

    public static ElementType Named(string name) => All.Single(type => type.Name == name);

    /// <summary>The number that is stored for x.</summary>
    public float Stored(float x) => Name switch
    {
        "f16" => (float)(Half)x,
        "bf16" => BitConverter.UInt32BitsToSingle((uint)Brain(x) << 16),
        _ => x,
    };

    /// <summary>The factor that a product takes for a stored x: tf32 keeps ten bits behind the leading one, ties away from zero.</summary>
    public float Factor(float x) => Name != "tf32" ? x
        : BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(x) + 0x1000) & 0xffffe000);

    public byte[] Store(ReadOnlySpan<float> values)
    {
        if (Bytes == 4) return MemoryMarshal.AsBytes(values).ToArray();
        var bits = new ushort[values.Length];
        for (int i = 0; i < bits.Length; i++) bits[i] = Name == "f16" ? BitConverter.HalfToUInt16Bits((Half)values[i]) : Brain(values[i]);
        return MemoryMarshal.AsBytes<ushort>(bits).ToArray();
    }

    public float[] Load(ReadOnlySpan<byte> bytes) => Name switch
    {
        "f16" => [.. MemoryMarshal.Cast<byte, Half>(bytes).ToArray().Select(x => (float)x)],
        "bf16" => [.. MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(x => BitConverter.UInt32BitsToSingle((uint)x << 16))],
        _ => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
    };

    public override string ToString() => Name;

    // The upper half of a float, rounded to nearest, ties to even.
    private static ushort Brain(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        return float.IsNaN(x) ? (ushort)0x7fff : (ushort)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
}
