using KernelForge.Cuda.Tests;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>That the yardstick of 16-bit results measures what it should, and tf32 by it.</summary>
public sealed class PrecisionTests(ITestOutputHelper output)
{
    public static TheoryData<string> Families => [.. Encoders.Families];

    /// <summary>Two ways to the error of 24 bits: the rounded reference, and the original implementation's own float32 run.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void At_24_bits_the_yardstick_is_the_error_of_the_original_implementation_in_float32(string family)
    {
        Golden golden = Golden.Require(family);
        double ratio = Devices.Yardstick(golden, 24) / golden.Float32Error;
        output.WriteLine($"{ratio:g3} times {golden.Float32Error:g3}");
        Assert.InRange(ratio, 0.25, 4);
    }

    /// <summary>Rounding passes through a model almost linearly: the amplification is the model's, whatever the element.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void The_yardstick_grows_as_the_unit_roundoff(string family)
    {
        Golden golden = Golden.Require(family);
        double[] amplification = [.. new[] { 8, 11, 24 }.Select(bits => Devices.Yardstick(golden, bits) * Math.ScaleB(1, bits))];
        output.WriteLine(string.Join(", ", amplification.Select(a => $"{a:g3}")));
        Assert.InRange(amplification.Max() / amplification.Min(), 1, 4);
    }

    /// <summary>A mean owes little to luck: here the device has to be as good as the yardstick, without a factor.</summary>
    [Theory]
    [InlineData("bert", "float16-1")]
    [InlineData("bert", "bfloat16-2")]
    [InlineData("bert", "tensorfloat32-3")]
    [InlineData("roberta", "float16-1")]
    [InlineData("roberta", "bfloat16-2")]
    public void The_mean_of_the_errors_is_below_the_yardsticks(string family, string device)
    {
        Golden golden = Golden.Require(family);
        double error = MeanError(golden, Devices.Of(device));
        double yardstick = Rounding.To(Rounding.SignificantBits(Devices.Precision(device)), () => MeanError(golden, Device.Reference));
        output.WriteLine($"{error:g3}, {error / yardstick:g3} of the yardstick's");
        Assert.InRange(error, 0, yardstick);
    }

    [Fact]
    public void Tf32_keeps_to_the_yardstick_of_its_eleven_bits() =>
        new GoldenTests().Every_case_of_a_family_comes_out_of_one_batch_as_if_it_ran_alone("bert", "tensorfloat32-3");

    [Theory]
    [InlineData(1 + 1 / 2048.0, 11, 1)]
    [InlineData(1 + 3 / 2048.0, 11, 1 + 2 / 1024.0)]
    [InlineData(-(1 + 1.01 / 2048), 11, -(1 + 1 / 1024.0))]
    [InlineData(1.999, 8, 2)]
    [InlineData(0, 8, 0)]
    public void Numbers_are_rounded_to_nearest_and_ties_to_even(double x, int bits, double expected) =>
        Assert.Equal(expected, Rounding.Round(x, bits));

    [Fact]
    public void Rounding_agrees_with_the_types_that_have_it()
    {
        var random = new Random(3);
        for (int i = 0; i < 10000; i++)
        {
            double x = (random.NextDouble() - 0.5) * Math.ScaleB(1, random.Next(-10, 10));
            if (Math.Abs(x) > 1e-4) Assert.Equal((double)(Half)x, Rounding.Round(x, 11));
            Assert.Equal((double)(float)x, Rounding.Round(x, 24));
        }
    }

    /// <summary>The root of the mean square of all cases' errors.</summary>
    private static double MeanError(Golden golden, Device device)
    {
        using Encoder encoder = Encoders.Load(golden.Folder, device);
        RaggedMatrix result = encoder.Of(golden.Ids, golden.Types);
        double[] squares =
        [
            .. from one in golden.Cases
               let actual = result.Sequence(one.Index).ToArray()
               from pair in one.Output.Cast<float>().Zip(actual)
               select Math.Pow((double)pair.First - pair.Second, 2)
        ];
        return Math.Sqrt(squares.Average());
    }
}
