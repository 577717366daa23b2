using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class VectorMathTests
{
    [Fact]
    public void Exp_is_within_two_units_in_the_last_place() => Widths.ForEach(new Case("exp", -110, 95, 2, Math.Exp));

    [Fact]
    public void Tanh_is_within_two_units_in_the_last_place() => Widths.ForEach(new Case("tanh", -12, 12, 2, Math.Tanh));

    [Fact]
    public void Erf_is_within_two_units_in_the_last_place() => Widths.ForEach(new Case("erf", -5, 5, 2, Erf));

    [Fact]
    public void Log_is_within_two_units_in_the_last_place() => Widths.ForEach(new Case("log", 1e-6, 50, 2, Math.Log));

    [Fact]
    public void Log_of_subnormals_is_within_two_units_in_the_last_place() => Widths.ForEach(new Case("log", 1e-45, 1e-37, 2, Math.Log));

    [Fact]
    public void Sin_is_as_close_as_the_reduction_allows() => Widths.ForEach(new Case("sin", -9000, 9000, 2, Math.Sin, Floor: 1e-5));

    [Fact]
    public void Cos_is_as_close_as_the_reduction_allows() => Widths.ForEach(new Case("cos", -9000, 9000, 2, Math.Cos, Floor: 1e-5));

    [Fact]
    public void Sin_of_a_large_angle_does_not_lose_its_meaning() => Widths.ForEach(new Case("sin", -1e7, 1e7, 2, Math.Sin, Floor: 1e-3));

    [Fact]
    public void Gelu_is_within_a_few_roundings_of_its_argument() => Widths.ForEach(new GeluCase());

    [Theory]
    [InlineData("exp", float.NegativeInfinity, 0f)]
    [InlineData("exp", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("exp", 89f, float.PositiveInfinity)]
    [InlineData("exp", -200f, 0f)]
    [InlineData("exp", 0f, 1f)]
    [InlineData("tanh", float.PositiveInfinity, 1f)]
    [InlineData("tanh", float.NegativeInfinity, -1f)]
    [InlineData("tanh", 0f, 0f)]
    [InlineData("erf", float.PositiveInfinity, 1f)]
    [InlineData("erf", float.NegativeInfinity, -1f)]
    [InlineData("erf", 1e30f, 1f)]
    [InlineData("log", 0f, float.NegativeInfinity)]
    [InlineData("log", 1f, 0f)]
    [InlineData("log", -1f, float.NaN)]
    [InlineData("log", float.NegativeInfinity, float.NaN)]
    [InlineData("log", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("exp", float.NaN, float.NaN)]
    [InlineData("tanh", float.NaN, float.NaN)]
    [InlineData("erf", float.NaN, float.NaN)]
    [InlineData("log", float.NaN, float.NaN)]
    [InlineData("gelu", float.NaN, float.NaN)]
    [InlineData("gelu by quotient", float.NaN, float.NaN)]
    [InlineData("gelu", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("gelu by quotient", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("gelu", 1e30f, 1e30f)]
    [InlineData("gelu by quotient", 1e30f, 1e30f)]
    [InlineData("gelu", -1e30f, 0f)]
    [InlineData("gelu by quotient", -1e30f, 0f)]
    [InlineData("gelu", 0f, 0f)]
    [InlineData("gelu by quotient", 0f, 0f)]
    [InlineData("sin", float.NaN, float.NaN)]
    [InlineData("sin", float.PositiveInfinity, float.NaN)]
    public void Limits_are_those_of_the_real_function(string function, float x, float expected) =>
        Widths.ForEach(new LimitCase(function, x, expected));

    /// <summary>Maclaurin below 3, the continued fraction of erfc above: both far past float32.</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) < 3)
        {
            double term = x, sum = x;
            for (int n = 1; n < 80; n++)
            {
                term *= -x * x / n;
                sum += term / ((2 * n) + 1);
            }
            return 2 / Math.Sqrt(Math.PI) * sum;
        }
        double a = Math.Abs(x), fraction = 0;
        for (int n = 60; n > 0; n--) fraction = n / 2.0 / (a + fraction);
        return Math.Sign(x) * (1 - (Math.Exp(-a * a) / ((a + fraction) * Math.Sqrt(Math.PI))));
    }

    private static TVector Apply<TVector>(string function, TVector x) where TVector : unmanaged, IVector<TVector> => function switch
    {
        "exp" => VectorMath.Exp(x),
        "tanh" => VectorMath.Tanh(x),
        "erf" => VectorMath.Erf(x),
        "gelu" => VectorMath.GeluByTable(x),
        "gelu by quotient" => VectorMath.GeluByQuotient(x),
        "log" => VectorMath.Log(x),
        "sin" => VectorMath.Sin(x),
        "cos" => VectorMath.Cos(x),
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };

    /// <param name="Floor">Values smaller than this are held to the absolute error of one this large.</param>
    private sealed record Case(string Function, double From, double To, double Ulps, Func<double, double> Exact, double Floor = 0) : IWidthCase
    {
        public unsafe void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            const int samples = 40_000;
            float* x = stackalloc float[TVector.Count];
            float* y = stackalloc float[TVector.Count];
            for (int i = 0; i < samples; i += TVector.Count)
            {
                for (int l = 0; l < TVector.Count; l++) x[l] = (float)(From + ((To - From) * (i + l) / samples));
                TVector.Store(y, Apply(Function, TVector.Load(x)));
                for (int l = 0; l < TVector.Count; l++)
                {
                    double exact = Exact(x[l]);
                    float rounded = (float)Math.Max(Math.Abs(exact), Floor);
                    if (float.IsInfinity(rounded))
                    {
                        Assert.Equal((float)exact, y[l]);
                        continue;
                    }
                    double ulp = float.BitIncrement(rounded) - (double)rounded;
                    Assert.True(Math.Abs(y[l] - exact) <= Ulps * ulp, $"{Function}({x[l]:R}) = {y[l]:R}, not {exact:R}, at {TVector.Count} lanes");
                }
            }
        }
    }

    private sealed record GeluCase : IWidthCase
    {
        public unsafe void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            float* y = stackalloc float[TVector.Count];
            for (float x = -7; x < 7; x += 0.0003f)
            {
                double exact = 0.5 * x * (1 + Erf(x * Math.Sqrt(0.5)));
                Require(VectorMath.GeluByTable(TVector.Broadcast(x)));
                Require(VectorMath.GeluByQuotient(TVector.Broadcast(x)));

                void Require(TVector found)
                {
                    TVector.Store(y, found);
                    Assert.True(Math.Abs(y[0] - exact) <= 2e-7 * Math.Abs(x), $"gelu({x:R}) = {y[0]:R}, not {exact:R}, at {TVector.Count} lanes");
                }
            }
        }
    }

    private sealed record LimitCase(string Function, float X, float Expected) : IWidthCase
    {
        public unsafe void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            // The neighbours are ordinary numbers: a special lane must not touch them, nor they it.
            TVector ordinary = TVector.Broadcast(0.75f);
            TVector mixed = TVector.First(1, TVector.Broadcast(X), ordinary);
            float* y = stackalloc float[2 * TVector.Count];
            TVector.Store(y, Apply(Function, mixed));
            TVector.Store(y + TVector.Count, Apply(Function, ordinary));
            Assert.Equal(Expected, y[0]);
            for (int l = 1; l < TVector.Count; l++)
                Assert.Equal(BitConverter.SingleToInt32Bits(y[TVector.Count]), BitConverter.SingleToInt32Bits(y[l]));
        }
    }
}
