using System.Collections.Immutable;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Fuzzer.Running;

/// <summary>A checkpoint for all that a layer names, drawn by a seed.</summary>
internal static class Weights
{
    public static WeightSource Make(ILayer layer, int seed)
    {
        var random = new Random(seed);
        var bytes = new SafetensorsBytes();
        HashSet<string> written = [];
        foreach (WeightSlot slot in WeightSlots.Of(layer))
            foreach (string name in slot.NamesOf(slot.Names[0]))
            {
                // Tied parameters have one tensor.
                if (!written.Add(name)) continue;
                ImmutableArray<int> sides = slot.ShapeUnder(slot.Names[0]);
                int count = sides.Aggregate(1, (a, b) => a * b);
                bytes.Add(name, [.. sides], [.. Enumerable.Range(0, count).Select(_ => Draw(slot, name, sides, random))]);
            }
        return WeightSource.FromMemory(bytes.ToArray());
    }

    private static float Draw(WeightSlot slot, string name, ImmutableArray<int> sides, Random random)
    {
        if (slot.Path.Split('.').Any(field => field.StartsWith("exact", StringComparison.Ordinal))) return Inputs.Exact(random);
        float value = (random.NextSingle() - 0.5f) * 2;
        if (name.EndsWith("running_var", StringComparison.Ordinal)) return Math.Abs(value) + 0.5f;
        // Products keep the size of what they multiply.
        bool isProduct = slot.Leaf is Linear or LinearBank && sides.Length > 1;
        return isProduct ? value * 1.5f / MathF.Sqrt(Math.Max(sides[^1], sides[^2])) : value;
    }
}
