namespace KernelForge.Models.Tests;

/// <summary>Kinds of batches, and the lengths of one of a kind.</summary>
internal static class RaggedShape
{
    public static IReadOnlyList<string> All { get; } = ["none or one", "one long among short", "mostly empty", "any"];

    public static int[] Lengths(string shape, Random random)
    {
        int[] lengths = shape switch
        {
            "none or one" => Some(70, () => random.Next(2)),
            // Longer than any tile of queries or keys, and no multiple of one.
            "one long among short" => [.. Some(30, () => random.Next(1, 6)), 261 + random.Next(60)],
            "mostly empty" => Some(60, () => random.Next(10) == 0 ? random.Next(1, 40) : 0),
            "any" => Some(random.Next(1, 12), () => (int)Math.Exp(random.NextDouble() * 5) - 1),
            _ => throw new ArgumentException(shape),
        };
        random.Shuffle(lengths);
        return lengths;
    }

    private static int[] Some(int count, Func<int> length) => [.. Enumerable.Range(0, count).Select(_ => length())];
}
