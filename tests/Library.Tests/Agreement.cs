using KernelForge.Runtime;

namespace KernelForge.Library.Tests;

/// <summary>A layer, compiled, agrees with its own reference run; both read the same checkpoint.</summary>
internal static class Agreement
{
    public static void Agree<T>(int vectorBits, Func<T> make, Action<T, WeightSource, Device> load, Func<T, RaggedMatrix> run)
        where T : ILayer, IDisposable => Agree(vectorBits, make, load, layer => run(layer).Values.ToArray());

    public static void Agree<T>(int vectorBits, Func<T> make, Action<T, WeightSource, Device> load, Func<T, Matrix> run)
        where T : ILayer, IDisposable => Agree(vectorBits, make, load, layer => run(layer).Values.ToArray());

    private static void Agree<T>(int vectorBits, Func<T> make, Action<T, WeightSource, Device> load, Func<T, float[]> run)
        where T : ILayer, IDisposable
    {
        using T reference = make(), compiled = make();
        using WeightSource weights = Some.Weights(reference, 11);
        load(reference, weights, Device.Reference);
        load(compiled, weights, Device.Cpu(threads: 2, vectorBits));
        float[] expected = run(reference), actual = run(compiled);
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= 5e-6 * (1 + Math.Abs(expected[i])),
                $"element {i} of {expected.Length}: expected {expected[i]:g9}, got {actual[i]:g9}");
        Assert.Equal(actual, run(compiled));
    }
}
