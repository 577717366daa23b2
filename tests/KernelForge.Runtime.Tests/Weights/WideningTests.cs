using KernelForge.Runtime.Weights;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Runtime.Tests.Weights;

public sealed class WideningTests
{
    [Theory, InlineData("F16"), InlineData("BF16")]
    public void All_65536_values_widen_exactly_from_any_alignment(string type)
    {
        byte[] all = [.. Enumerable.Range(0, 65536).SelectMany(bits => BitConverter.GetBytes((ushort)bits))];
        for (int padding = 0; padding < 4; padding++)
        {
            // The spaces shift the data to another alignment; the count is no multiple of a vector's, so the tail is covered too.
            string header = $$$"""{"x":{"dtype":"{{{type}}}","shape":[65536],"data_offsets":[0,131072]}}""" + new string(' ', padding);
            using WeightSource weights = WeightSource.FromMemory(SafetensorsBytes.Raw(header, all));
            float[] singles = weights["x"].ToSingles();
            double[] doubles = weights["x"].ToDoubles();
            for (int bits = 0; bits < 65536; bits++)
            {
                float expected = type == "F16" ? Half((ushort)bits) : BitConverter.Int32BitsToSingle(bits << 16);
                if (!Same(singles[bits], expected) || !doubles[bits].Equals((double)expected))
                    Assert.Fail($"{type} 0x{bits:x4}, {padding} spaces: {singles[bits]:r} and {doubles[bits]:r}, expected {expected:r}");
            }
        }
    }

    [Fact]
    public void Every_length_of_tail_is_converted()
    {
        for (int count = 0; count < 70; count++)
        {
            byte[] bytes = [.. Enumerable.Range(0, count).SelectMany(i => BitConverter.GetBytes((Half)(i + 0.5f)))];
            using WeightSource weights = WeightSource.FromMemory(new SafetensorsBytes().Add("x", "F16", [count], bytes).ToArray());
            Assert.Equal(Enumerable.Range(0, count).Select(i => i + 0.5f), weights["x"].ToSingles());
        }
    }

    [Fact]
    public void Doubles_keep_their_bits_and_round_to_the_nearest_float_or_are_refused()
    {
        double[] values = [Math.PI, -0.0, double.Epsilon, double.PositiveInfinity, double.NaN, 1e300];
        byte[] bytes = [.. values.SelectMany(BitConverter.GetBytes)];
        using WeightSource weights = WeightSource.FromMemory(new SafetensorsBytes().Add("x", "F64", [6], bytes).ToArray());
        Assert.Equal(values, weights["x"].ToDoubles());
        var singles = new float[5];
        weights["x"].CopyTo(singles);
        Assert.Equal([(float)Math.PI, -0f, 0f, float.PositiveInfinity, float.NaN], singles);
        Refuses.With<WeightException>("tensor 'x' holds a value that cannot be read: 1E+300", () => weights["x"].ToSingles());
    }

    /// <summary>Half's definition by powers of two, independent of the bit tricks under test and of .NET's own conversion.</summary>
    private static float Half(ushort bits)
    {
        int exponent = bits >> 10 & 31, mantissa = bits & 1023;
        double magnitude = exponent switch
        {
            31 => mantissa == 0 ? double.PositiveInfinity : double.NaN,
            0 => mantissa * Math.Pow(2, -24),
            _ => (1024 + mantissa) * Math.Pow(2, exponent - 25),
        };
        return (float)(bits >> 15 == 0 ? magnitude : -magnitude);
    }

    /// <summary>The same bits; any NaN is as good as another.</summary>
    private static bool Same(float a, float b) =>
        float.IsNaN(a) ? float.IsNaN(b) : BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b);
}
