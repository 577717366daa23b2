using KernelForge.Fuzzer.Compiling;
using KernelForge.Reference;
using KernelForge.Runtime;

namespace KernelForge.Fuzzer.Running;

/// <summary>
/// The reference run, and how far a run in float32 may be from it. The yardstick is the reference run once more, each number changed where
/// it is
/// stored (inputs, weights, what an operation gives) by up to 2⁻¹⁸ of itself, which is 64 times what rounding to float32 does: whatever the
/// layer makes of errors it makes of these, and two times their largest is allowed in each result. Beside it stands a floor for what is
/// computed within a kernel and never stored there: 2⁻¹⁸ of the value and of the result's root mean square.
/// </summary>
internal sealed class Reference(Result[] results, double[] errors)
{
    private const double Step = 1.0 / (1 << 18), Factor = 2;

    public Result[] Results => results;

    /// <summary>The largest error allowed in a result, in units of its root mean square.</summary>
    public double Looseness => results.Select((r, i) => Factor * errors[i] / Math.Max(Rms(r), 1e-30)).DefaultIfEmpty(0).Max();

    /// <exception cref="NotFiniteNumberException">A result is no number.</exception>
    public static Reference Of(Compiled compiled, object[] inputs)
    {
        Result[] exact = Run(compiled, inputs, null), changed = Run(compiled, inputs, Changed);
        if (exact.Any(r => r.Values.Any(v => !float.IsFinite(v)))) throw new NotFiniteNumberException("the reference run gives no number");
        return new Reference(exact,
            [.. exact.Zip(changed, (a, b) => a.Values.Zip(b.Values, (x, y) => Math.Abs((double)x - y)).DefaultIfEmpty(0).Max())]);
    }

    /// <summary>Where a result is further from the reference than is allowed, in words; null where it is not.</summary>
    public string? Difference(Result[] actual)
    {
        for (int r = 0; r < results.Length; r++)
        {
            float[] expected = results[r].Values, values = actual[r].Values;
            if (!results[r].Offsets.AsSpan().SequenceEqual(actual[r].Offsets)) return $"result {r} has other rows than the reference";
            if (expected.Length != values.Length) return $"result {r} has {values.Length} values, the reference {expected.Length}";
            double rms = Rms(results[r]);
            for (int i = 0; i < expected.Length; i++)
            {
                double allowed = (Factor * errors[r]) + (Step * (rms + Math.Abs(expected[i]))),
                    difference = Math.Abs((double)values[i] - expected[i]);
                if (!(difference <= allowed))
                {
                    int columns = Math.Max(1, results[r].Columns);
                    return $"result {r}, row {i / columns}, column {i % columns} is {values[i]:g9} instead of {expected[i]:g9}: "
                        + $"allowed are {allowed:g3}, root mean square {rms:g3}";
                }
            }
        }
        return null;
    }

    private static Result[] Run(Compiled compiled, object[] inputs, Func<double, double>? rounding)
    {
        Storage.Rounding = rounding;
        try
        {
            using var layer = new LoadedLayer(compiled, Device.Reference);
            return layer.Run(inputs);
        }
        finally
        {
            Storage.Rounding = null;
        }
    }

    private static double Rms(Result result) =>
        result.Values.Length == 0 ? 0 : Math.Sqrt(result.Values.Sum(v => (double)v * v) / result.Values.Length);

    /// <summary>Changed by what follows from the number itself, so that equal numbers stay equal; what is exact stays as it is.</summary>
    private static double Changed(double x)
    {
        if (!double.IsFinite(x) || (x * 8 == Math.Floor(x * 8) && Math.Abs(x) < 1024)) return x;
        ulong hash = (ulong)BitConverter.DoubleToInt64Bits(x) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9;
        return x * (1 + (Step * (((hash >> 11) / (double)(1L << 52)) - 1)));
    }
}
