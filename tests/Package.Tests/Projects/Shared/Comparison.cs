using System.Globalization;
using KernelForge.Runtime.Cpu;
using KernelForge.TestData;

/// <summary>Runs a layer as compiled and as described, on weights and rows from a seed, and prints how far they are apart.</summary>
internal static class Comparison
{
    public static int Print<T>(Func<T> make, Action<T, WeightSource, Device> load, Func<T, RaggedMatrix, RaggedMatrix> run, int columns)
        where T : ILayer, IDisposable
    {
        var random = new Random(5);
        var x = new RaggedMatrix([3, 0, 17, 1], columns);
        foreach (ref float value in x.Values) value = Next(random);

        using T described = make(), compiled = make();
        using WeightSource weights = WeightSource.FromMemory(Checkpoint(described, random));
        load(described, weights, Device.Reference);
        load(compiled, weights, Device.Auto);
        float[] expected = run(described, x).Values.ToArray(), actual = run(compiled, x).Values.ToArray();

        double apart = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        bool agree = expected.Length == actual.Length && expected.Distinct().Count() > columns && apart < 1e-5;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{actual.Length} values, {apart:E1} from Device.Reference: {(agree ? "they agree" : "they differ")}"));
        Console.WriteLine($"vectors of {VectorWidth.Widest} bits");
        return agree ? 0 : 1;
    }

    private static byte[] Checkpoint(ILayer layer, Random random)
    {
        var bytes = new SafetensorsBytes();
        foreach (WeightSlot slot in WeightSlots.Of(layer))
        {
            var values = new float[slot.Shape.Aggregate(1, (a, b) => a * b)];
            foreach (ref float value in values.AsSpan()) value = 0.3f * Next(random);
            bytes.Add(slot.Names[0], [.. slot.Shape], values);
        }
        return bytes.ToArray();
    }

    private static float Next(Random random) => (float)(2 * random.NextDouble() - 1);
}
