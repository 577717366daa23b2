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
/// <param name="results">The exact ones.</param>
/// <param name="errors">How far the runs with changed numbers were from them at worst, for each result.</param>
/// <param name="precision">What numbers were changed by.</param>
internal sealed class Reference(Result[] results, double[] errors, Precision precision)
{
    private const double Factor = 2;

    public Result[] Results => results;

    /// <summary>The largest error allowed in a result, in units of its root mean square.</summary>
    public double Looseness => results.Select((r, i) => Factor * errors[i] / Math.Max(Rms(r), 1e-30)).DefaultIfEmpty(0).Max();

    /// <exception cref="NotFiniteNumberException">A result is no number.</exception>
    public static Reference Of(Compiled compiled, object[] inputs) => Of(compiled, inputs, Run(compiled, inputs, null), Precision.Single);

    /// <summary>The same results, for a device of another precision.</summary>
    public Reference For(Compiled compiled, object[] inputs, Precision other) => Of(compiled, inputs, results, other);

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
                double allowed = (Factor * errors[r]) + (precision.Unit * (rms + Math.Abs(expected[i]))),
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

    private static Reference Of(Compiled compiled, object[] inputs, Result[] exact, Precision precision)
    {
        if (exact.Any(r => r.Values.Any(v => !float.IsFinite(v)))) throw new NotFiniteNumberException("the reference run gives no number");
        Result[][] changed = [.. precision.Roundings.Select(rounding => Run(compiled, inputs, rounding))];
        return new Reference(exact, [.. exact.Select((r, i) => changed.Max(other => Largest(r.Values, other[i].Values)))], precision);

        static double Largest(float[] a, float[] b) => a.Zip(b, (x, y) => Math.Abs((double)x - y)).DefaultIfEmpty(0).Max();
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
}
