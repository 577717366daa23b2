using System.Runtime.InteropServices;
using KernelForge.Runtime.Cuda.Programs;

namespace KernelForge.Runtime.Cuda.Tests.Programs;

public sealed class NarrowingTests
{
    /// <summary>Around every step of a half: the step, the middle to the next, and the floats beside both; then everything else.</summary>
    private static readonly float[] values =
    [
        .. Enumerable.Range(0, 0x7c01).SelectMany(bits =>
        {
            float step = (float)BitConverter.UInt16BitsToHalf((ushort)bits), next = (float)BitConverter.UInt16BitsToHalf((ushort)(bits + 1));
            float middle = float.IsFinite(next) ? (step + next) / 2 : 65520;
            return (float[])[
                step, middle, MathF.BitIncrement(middle), MathF.BitDecrement(middle), -step, -middle, -MathF.BitIncrement(middle),
                float.IsFinite(step) ? MathF.BitIncrement(step) : step];
        }),
        float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MinValue, float.Epsilon, -0f, 0f, 65504, 65519.996f, 65520,
        .. Random(100_003),
    ];

    [Fact]
    public void Halves_are_rounded_as_the_framework_rounds_one()
    {
        var narrow = new ushort[values.Length];
        Narrowing.ToHalf(values, narrow);
        for (int i = 0; i < values.Length; i++)
        {
            Half expected = (Half)values[i], actual = BitConverter.UInt16BitsToHalf(narrow[i]);
            if (Half.IsNaN(expected)) Assert.True(Half.IsNaN(actual));
            else Assert.True(BitConverter.HalfToUInt16Bits(expected) == narrow[i], $"{values[i]:R}: {actual} for {expected}");
        }
    }

    [Fact]
    public void Upper_halves_are_the_nearest_and_even_where_two_are()
    {
        var narrow = new ushort[values.Length];
        Narrowing.ToBFloat16(values, narrow);
        for (int i = 0; i < values.Length; i++) CheckNearest(values[i], (uint)narrow[i] << 16, dropped: 16);
    }

    [Fact]
    public void Tensor_floats_are_the_nearest_and_even_where_two_are()
    {
        float[] narrow = [.. values];
        Narrowing.ToTensorFloat32(narrow);
        for (int i = 0; i < values.Length; i++) CheckNearest(values[i], BitConverter.SingleToUInt32Bits(narrow[i]), dropped: 13);
    }

    [Theory]
    [InlineData(CudaPrecision.Float16)]
    [InlineData(CudaPrecision.BFloat16)]
    [InlineData(CudaPrecision.TensorFloat32)]
    [InlineData(CudaPrecision.Float32)]
    public void Rows_of_any_width_are_padded_with_zeros_and_come_back(CudaPrecision precision)
    {
        foreach (int columns in (int[])[1, 5, 7, 8, 9, 16, 17, 40])
        {
            const int Rows = 3;
            float[] rows = [.. Enumerable.Range(0, Rows * columns).Select(i => (i % 200) - 100f)]; // exact in every precision
            var bytes = new byte[Rows * Elements.Padded(columns) * precision.Bytes];
            bytes.AsSpan().Fill(0xff);
            Elements.Encode(rows, bytes, columns, precision);
            int row = bytes.Length / Rows;
            for (int r = 0; r < Rows; r++) Assert.All(bytes[((r * row) + (columns * precision.Bytes))..((r + 1) * row)], b => Assert.Equal(0, b));
            var back = new float[rows.Length];
            Elements.Decode(bytes, back, columns, precision);
            Assert.Equal(rows, back);
        }
    }

    private static void CheckNearest(float value, uint bits, int dropped)
    {
        float rounded = BitConverter.UInt32BitsToSingle(bits);
        if (!float.IsFinite(value))
        {
            Assert.Equal(value, rounded);
            return;
        }
        Assert.Equal(0u, bits & ((1u << dropped) - 1));
        // Through the bits, which count the floats: a step is 2^dropped of them, and an infinity is the step after the last.
        long exact = BitConverter.SingleToUInt32Bits(value) & 0x7fffffff, near = bits & 0x7fffffff, step = 1L << dropped;
        long distance = Math.Abs(exact - near);
        Assert.True(distance < step / 2 || (distance == step / 2 && (near / step) % 2 == 0), $"{value:R} became {rounded:R}");
        Assert.Equal(float.IsNegative(value), float.IsNegative(rounded));
    }

    private static float[] Random(int count)
    {
        var random = new Random(7);
        var bits = new byte[4 * count];
        random.NextBytes(bits);
        return MemoryMarshal.Cast<byte, float>(bits).ToArray();
    }
}
