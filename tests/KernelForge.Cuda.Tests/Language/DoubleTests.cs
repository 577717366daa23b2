namespace KernelForge.Cuda.Tests.Language;

/// <summary>Arithmetic and functions of doubles as NVRTC writes them out, against .NET's.</summary>
public sealed class DoubleTests
{
    private static readonly double[] Values = [0, 1, -1, 0.5, 2, 1e-9, -3.25, 10.5, 0.99999, -0.3, 7.75, 300, -300, 1e-200, 12345.678, 1e15];

    private static readonly Dictionary<string, (double Units, Func<double, double, double> Right)> Functions = new()
    {
        ["x + y"] = (0, (x, y) => x + y),
        ["fma(x, y, -1.0)"] = (0, (x, y) => Math.FusedMultiplyAdd(x, y, -1)),
        ["x / y"] = (0, (x, y) => x / y),
        ["sqrt(x)"] = (0, (x, _) => Math.Sqrt(x)),
        ["rsqrt(x)"] = (2, (x, _) => 1 / Math.Sqrt(x)),
        ["exp(x)"] = (2, (x, _) => Math.Exp(x)),
        ["log(x)"] = (2, (x, _) => Math.Log(x)),
        ["pow(x, y)"] = (4, Math.Pow),
        ["sin(x)"] = (2, (x, _) => Math.Sin(x)),
        ["tanh(x)"] = (3, (x, _) => Math.Tanh(x)),
        ["fmod(x, y)"] = (0, (x, y) => x % y),
        ["fmin(x, y) + fmax(x, y)"] = (0, (x, y) => Math.Min(x, y) + Math.Max(x, y)),
        ["floor(x) + ceil(y) + rint(x)"] = (0, (x, y) => Math.Floor(x) + Math.Ceiling(y) + Math.Round(x)),
        ["copysign(x, y)"] = (0, Math.CopySign),
        ["(double)(float)x"] = (0, (x, _) => (float)x),
        ["(double)(long long)x"] = (0, (x, _) => (long)x),
        ["(double)(unsigned)(int)x"] = (0, (x, _) => (uint)(int)x),
        ["x < y ? 1.0 : x == y ? 2.0 : 3.0"] = (0, (x, y) => x < y ? 1 : x == y ? 2 : 3),
    };

    public static TheoryData<string> Expressions => [.. Functions.Keys];

    [Theory, MemberData(nameof(Expressions))]
    public void A_function_is_as_exact_as_its_manual_says(string expression)
    {
        (double units, Func<double, double, double> right) = Functions[expression];
        double[] xs = [.. Values.SelectMany(x => Values.Select(_ => x))], ys = [.. Values.SelectMany(_ => Values)];
        double[] got = Elementwise.Run<double, double>(("double", "double"), expression, xs, ys);
        for (int i = 0; i < xs.Length; i++)
        {
            double wanted = right(xs[i], ys[i]);
            bool close = got[i].Equals(wanted) || Math.Abs(got[i] - wanted) <= units * (Math.BitIncrement(Math.Abs(wanted)) - Math.Abs(wanted));
            Assert.True(close, $"{expression} at x = {xs[i]:R}, y = {ys[i]:R} is {got[i]:R} and should be {wanted:R}");
        }
    }
}
