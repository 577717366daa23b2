using KernelForge.Runtime;

namespace KernelForge.Library.Tests;

/// <summary>A layer, compiled, agrees with its own reference run; both read the same checkpoint.</summary>
internal static class Agreement
{
    public static void Agree<T>(string device, Func<T> make, Action<T, WeightSource, Device> load, Func<T, RaggedMatrix> run)
        where T : ILayer, IDisposable => Agree(device, make, load, layer => run(layer).Values.ToArray());

    public static void Agree<T>(string device, Func<T> make, Action<T, WeightSource, Device> load, Func<T, Matrix> run)
        where T : ILayer, IDisposable => Agree(device, make, load, layer => run(layer).Values.ToArray());

    private static void Agree<T>(string device, Func<T> make, Action<T, WeightSource, Device> load, Func<T, float[]> run)
        where T : ILayer, IDisposable
    {
        using T reference = make(), compiled = make();
        using WeightSource weights = Some.Weights(reference, 11);
        load(reference, weights, Device.Reference);
        load(compiled, weights, Devices.Of(device));
        float[] expected = run(reference), actual = run(compiled);
        Assert.Equal(expected.Length, actual.Length);
        double allowed = Devices.Tolerance(device, () =>
        {
            using T again = make();
            load(again, weights, Device.Reference);
            return Difference(expected, run(again));
        });
        string told = $"differs by {Difference(expected, actual):g3}, allowed are {allowed:g3}";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(Difference(expected, actual) <= allowed, told);
        Assert.Equal(actual, run(compiled));
    }

    /// <summary>The largest difference, relative to 1 + the expected size; infinite where a value is NaN.</summary>
    private static double Difference(float[] expected, float[] actual)
    {
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]) / (1 + Math.Abs(expected[i]));
            if (!(difference <= largest)) largest = double.IsNaN(difference) ? double.PositiveInfinity : difference;
        }
        return largest;
    }
}
