using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Library.Tests;

/// <summary>Weights and rows from a seed.</summary>
internal static class Some
{
    /// <summary>A checkpoint for all that a layer's description names, small enough values that no activation saturates.</summary>
    public static WeightSource Weights(ILayer layer, int seed)
    {
        var random = new Random(seed);
        var bytes = new SafetensorsBytes();
        foreach (WeightSlot slot in WeightSlots.Of(layer))
        {
            foreach (string name in slot.NamesOf(slot.Names[0]))
            {
                int[] sides = [.. slot.ShapeUnder(slot.Names[0])];
                int count = sides.Aggregate(1, (a, b) => a * b);
                double scale = sides.Length == 2 ? 1.5 / Math.Sqrt(sides[1]) : 0.5;
                float[] values = [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * 2 * scale))];
                bool isVariance = name.EndsWith("running_var", StringComparison.Ordinal);
                bytes.Add(name, sides, isVariance ? Array.ConvertAll(values, v => v + 1) : values);
            }
        }
        return WeightSource.FromMemory(bytes.ToArray());
    }

    public static RaggedMatrix Rows(int[] lengths, int columns, int seed)
    {
        var random = new Random(seed);
        var rows = new RaggedMatrix(lengths, columns);
        foreach (ref float v in rows.Values) v = (float)((random.NextDouble() - 0.5) * 4);
        return rows;
    }
}
