namespace KernelForge.Cuda.Tests.Language;

/// <summary>Functions of one and two floats as NVRTC writes them out, against .NET's in double precision.</summary>
public sealed class FloatTests
{
    private static readonly float[] Ordinary = [0f, 1f, -1f, 0.5f, 2f, 1e-5f, -3.25f, 10.5f, 0.9999f, 1.0001f, -0.3f, 7.75f, 80f, -80f, 1e-30f, 123.456f];

    // Arguments beyond 105615 are reduced with the help of an array in local memory.
    private static readonly float[] Large = [105616f, -2e5f, 1e6f, 3.4e9f, -1.2345e20f, 3e38f];

    private const string Property = """
        __device__ float property(float v)
        {
            int r;
            asm("{ .reg .pred p, q; testp.notanumber.f32 p, %1; testp.infinite.f32 q, %1; selp.s32 %0, 2, 3, q; @p mov.s32 %0, 1; }" : "=r"(r) : "f"(v));
            return (float)r;
        }
        """;

    // By units of the last place, from the table of CUDA's programming guide.
    private static readonly Dictionary<string, (double Units, Func<double, double, double> Right)> Functions = new()
    {
        ["expf(x)"] = (2, (x, _) => Math.Exp(x)),
        ["exp2f(x)"] = (2, (x, _) => Math.Pow(2, x)),
        ["exp10f(x)"] = (2, (x, _) => Math.Pow(10, x)),
        ["expm1f(x)"] = (1, (x, _) => Math.Abs(x) < 1e-4 ? x + x * x / 2 + x * x * x / 6 : Math.Exp(x) - 1),
        ["logf(x)"] = (1, (x, _) => Math.Log(x)),
        ["log2f(x)"] = (1, (x, _) => Math.Log2(x)),
        ["log10f(x)"] = (2, (x, _) => Math.Log10(x)),
        ["log1pf(x)"] = (1, (x, _) => Math.Abs(x) < 1e-4 ? x - x * x / 2 + x * x * x / 3 : Math.Log(1 + x)),
        ["sinf(x)"] = (2, (x, _) => Math.Sin(x)),
        ["cosf(x)"] = (2, (x, _) => Math.Cos(x)),
        ["tanf(x)"] = (4, (x, _) => Math.Tan(x)),
        ["sinhf(x)"] = (3, (x, _) => Math.Sinh(x)),
        ["coshf(x)"] = (2, (x, _) => Math.Cosh(x)),
        ["tanhf(x)"] = (2, (x, _) => Math.Tanh(x)),
        ["atanf(x)"] = (2, (x, _) => Math.Atan(x)),
        ["atan2f(x, y)"] = (3, Math.Atan2),
        ["asinf(x)"] = (2, (x, _) => Math.Asin(x)),
        ["acosf(x)"] = (2, (x, _) => Math.Acos(x)),
        ["powf(x, y)"] = (4, Math.Pow),
        ["sqrtf(x)"] = (0, (x, _) => Math.Sqrt(x)),
        ["rsqrtf(x)"] = (2, (x, _) => 1 / Math.Sqrt(x)),
        ["cbrtf(x)"] = (1, (x, _) => Math.Cbrt(x)),
        ["x / y"] = (0, (x, y) => x / y),
        ["fmodf(x, y)"] = (0, (x, y) => x % y),
        ["hypotf(x, y)"] = (3, double.Hypot),
        ["fmaf(x, y, 1.0f)"] = (0, (x, y) => x * y + 1),
        ["fminf(x, y)"] = (0, Math.Min),
        ["fmaxf(x, y)"] = (0, Math.Max),
        ["copysignf(x, y)"] = (0, Math.CopySign),
        ["floorf(x)"] = (0, (x, _) => Math.Floor(x)),
        ["ceilf(x)"] = (0, (x, _) => Math.Ceiling(x)),
        ["truncf(x)"] = (0, (x, _) => Math.Truncate(x)),
        ["rintf(x)"] = (0, (x, _) => Math.Round(x)),
        ["roundf(x)"] = (0, (x, _) => Math.Round(x, MidpointRounding.AwayFromZero)),
        ["ldexpf(x, 3)"] = (0, (x, _) => 8 * x),
        ["erff(x)"] = (2, (x, _) => Erf(x)),
        ["erfcf(x)"] = (4, (x, _) => Erfc(x)),
        ["normcdff(x)"] = (5, (x, _) => Erfc(-x / Math.Sqrt(2)) / 2),
        ["property(x / y)"] = (0, (x, y) => double.IsNaN(x / y) ? 1 : double.IsInfinity(x / y) || Math.Abs(x / y) > float.MaxValue ? 2 : 3),
        ["isnan(x / y) ? 1.0f : isinf(x / y) ? 2.0f : signbit(x) ? 3.0f : 4.0f"] =
            (0, (x, y) => double.IsNaN(x / y) ? 1 : y == 0 ? 2 : double.IsNegative(x) ? 3 : 4),
    };

    public static TheoryData<string> Expressions => [.. Functions.Keys];

    [Theory, MemberData(nameof(Expressions))]
    public void A_function_is_as_exact_as_its_manual_says(string expression)
    {
        (double units, Func<double, double, double> right) = Functions[expression];
        float[] xs = [.. Ordinary.SelectMany(x => Ordinary.Select(_ => x)), .. Large];
        float[] ys = [.. Ordinary.SelectMany(_ => Ordinary), .. Large.Select(_ => 2f)];
        float[] got = Elementwise.Run<float, float>(("float", "float"), expression, xs, ys, Property);
        for (int i = 0; i < xs.Length; i++)
        {
            double wanted = right(xs[i], ys[i]);
            float nearest = (float)wanted;
            bool close = got[i].Equals(nearest)
                || Math.Abs(got[i] - wanted) <= (units + 0.5) * (MathF.BitIncrement(MathF.Abs(nearest)) - (double)MathF.Abs(nearest));
            Assert.True(close, $"{expression} at x = {xs[i]:R}, y = {ys[i]:R} is {got[i]:R} and should be {wanted:R}");
        }
    }

    // The power series below 2; above, a continued fraction, which loses nothing where the result is small.
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 2) return Math.CopySign(1 - Erfc(Math.Abs(x)), x);
        double term = x, sum = x;
        for (int n = 1; n < 100; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return sum * 2 / Math.Sqrt(Math.PI);
    }

    private static double Erfc(double x)
    {
        if (x < 2) return 1 - Erf(x);
        double fraction = 0;
        for (int n = 300; n > 0; n--) fraction = n / 2.0 / (x + fraction);
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction);
    }
}
