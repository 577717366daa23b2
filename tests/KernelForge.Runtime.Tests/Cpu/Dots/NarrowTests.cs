using KernelForge.Runtime.Cpu.Dots;

namespace KernelForge.Runtime.Tests.Cpu.Dots;

public sealed unsafe class NarrowTests
{
    [Theory]
    [InlineData(1f, 0x3f80)]
    [InlineData(-2.5f, 0xc020)]
    [InlineData(1.00390625f, 0x3f80)] // halfway, to even
    [InlineData(1.01171875f, 0x3f82)] // halfway, to even
    [InlineData(3.3961776e38f, 0x7f80)] // rounds past the largest
    [InlineData(float.PositiveInfinity, 0x7f80)]
    [InlineData(float.NegativeInfinity, 0xff80)]
    [InlineData(1e-40f, 0x0001)]
    public void A_float_becomes_the_nearest_bfloat16(float value, int expected)
    {
        // Everywhere in a row: in the vectors and behind them.
        const int count = 37, cells = 20;
        float* values = stackalloc float[count];
        int* to = stackalloc int[cells];
        new Span<float>(values, count).Fill(value);
        new Span<int>(to, cells).Fill(-1);
        Narrow.ToBFloat16(values, count, to, cells);
        var halves = new Span<ushort>(to, 2 * cells);
        Assert.All(halves[..count].ToArray(), half => Assert.Equal(expected, half));
        Assert.All(halves[count..].ToArray(), half => Assert.Equal(0, half));
    }

    [Fact]
    public void What_is_no_number_stays_none()
    {
        float value = BitConverter.Int32BitsToSingle(0x7fffffff);
        int cell = 0;
        Narrow.ToBFloat16(&value, 1, &cell, 1);
        Assert.True(float.IsNaN(BitConverter.Int32BitsToSingle(cell << 16)));
        Assert.True(float.IsNaN(Narrow.ToBytes(&value, 1, &cell, 1)));
    }

    [Fact]
    public void The_largest_magnitude_of_a_row_is_127_steps()
    {
        const int count = 37, cells = 12;
        float[] values = Samples.Normal(5, count);
        values[20] = -10;
        int* to = stackalloc int[cells];
        fixed (float* from = values)
        {
            float step = Narrow.ToBytes(from, count, to, cells);
            Assert.Equal(10 / 127f, step);
            var bytes = new Span<byte>(to, 4 * cells);
            Assert.Equal(Narrow.Zero - 127, bytes[20]);
            for (int i = 0; i < count; i++) Assert.Equal(values[i], (bytes[i] - Narrow.Zero) * step, (step / 2) + 1e-6f);
        }
    }

    [Fact]
    public void A_row_of_zeros_has_no_step()
    {
        float* values = stackalloc float[5];
        int* to = stackalloc int[2];
        new Span<float>(values, 5).Clear();
        Assert.Equal(0, Narrow.ToBytes(values, 5, to, 2));
        Assert.All(new Span<byte>(to, 5).ToArray(), b => Assert.Equal(Narrow.Zero, b));
    }
}
