using KernelForge.TestData;

namespace KernelForge.Cli.Tests;

/// <summary>A folder with a small model's configuration and weights from a seed.</summary>
internal static class Checkpoint
{
    public const string Config = """{ "kind": "tiny", "vocabulary": 50, "hidden": 32, "heads": 2, "positions": 24 }""";

    public static string Write(TemporaryFolder folder)
    {
        folder.Write("config.json", Config);
        var random = new Random(3);
        var bytes = new SafetensorsBytes();
        foreach (WeightSlot slot in WeightSlots.Of(new Tiny(50, 32, 2, 24)))
        {
            float[] values = new float[slot.Shape.Aggregate(1, (a, b) => a * b)];
            foreach (ref float value in values.AsSpan()) value = random.NextSingle() - 0.5f;
            bytes.Add(slot.Names[0], [.. slot.Shape], values);
        }
        folder.Write("model.safetensors", bytes.ToArray());
        return folder.Path;
    }
}
