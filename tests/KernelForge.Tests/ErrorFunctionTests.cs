namespace KernelForge.Tests;

/// <summary>Against values computed with 50 digits and rounded to doubles.</summary>
public class ErrorFunctionTests
{
    [Theory]
    [InlineData(5e-324, 5e-324)]
    [InlineData(1e-300, 1.1283791670955126e-300)]
    [InlineData(1e-10, 1.1283791670955126e-10)]
    [InlineData(0.001, 0.0011283787909692365)]
    [InlineData(0.0625, 0.07043197772238707)]
    [InlineData(0.06250000001, 0.07043197773362687)]
    [InlineData(0.1, 0.1124629160182849)]
    [InlineData(0.149983, 0.16797721571938523)]
    [InlineData(0.1875, 0.20911767705937584)]
    [InlineData(0.231996, 0.25715781394906945)]
    [InlineData(0.289745, 0.3180189486538767)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(0.603397, 0.6065249032402523)]
    [InlineData(0.6875, 0.6690846628860813)]
    [InlineData(0.84375, 0.7672256612323416)]
    [InlineData(1.0, 0.8427007929497149)]
    [InlineData(1.1, 0.8802050695740817)]
    [InlineData(1.295331, 0.9330299045345178)]
    [InlineData(1.462756, 0.9614209988421037)]
    [InlineData(1.75, 0.9866716712191824)]
    [InlineData(2.029743, 0.995901639422794)]
    [InlineData(2.3125, 0.9989259267092776)]
    [InlineData(2.603738, 0.9997688078385282)]
    [InlineData(3.0, 0.9999779095030014)]
    [InlineData(3.3, 0.9999969422902035)]
    [InlineData(4.0, 0.9999999845827421)]
    [InlineData(4.5, 0.9999999998033839)]
    [InlineData(5.0, 0.9999999999984626)]
    [InlineData(5.5, 0.9999999999999927)]
    [InlineData(5.95, 1.0)]
    [InlineData(6.0, 1.0)]
    [InlineData(27.0, 1.0)]
    [InlineData(double.PositiveInfinity, 1.0)]
    public void It_is_right_to_two_units_in_the_last_place_and_odd(double x, double expected)
    {
        long apart = Math.Abs(BitConverter.DoubleToInt64Bits(expected) - BitConverter.DoubleToInt64Bits(Erf(x)));
        Assert.True(apart <= 2, $"expected {expected:R}, got {Erf(x):R}");
        Assert.Equal(-Erf(x), Erf(-x));
    }

    [Fact]
    public void Neighbouring_series_agree_where_they_meet()
    {
        for (int sixteenth = 1; sixteenth < 96; sixteenth += 2)
        {
            double meeting = sixteenth / 16.0;
            Assert.Equal(Erf(Math.BitDecrement(meeting)), Erf(Math.BitIncrement(meeting)), 4e-16);
        }
    }

    [Fact]
    public void Zero_keeps_its_sign_and_not_a_number_stays_so()
    {
        Assert.Equal(0, Erf(0.0));
        Assert.True(double.IsNegative(Erf(-0.0)));
        Assert.True(double.IsNaN(Erf(double.NaN)));
    }
}
