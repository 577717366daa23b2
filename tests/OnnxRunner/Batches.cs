using System.Globalization;

namespace KernelForge.OnnxRunner;

/// <summary>Which sequences run together.</summary>
internal static class Batches
{
    private const string Buckets = "buckets";

    /// <summary>Indices of sequences, batch by batch, each sequence once.</summary>
    /// <param name="mode"><c>padded</c>, <c>loop</c>, or <c>buckets</c> and how many sequences are in one.</param>
    /// <param name="lengths">Tokens of each sequence.</param>
    public static IReadOnlyList<int[]> Cut(string mode, int[] lengths)
    {
        IEnumerable<int> all = Enumerable.Range(0, lengths.Length);
        if (mode == "padded") return [[.. all]];
        if (mode == "loop") return [.. all.Select(i => (int[])[i])];
        string count = mode.StartsWith(Buckets, StringComparison.Ordinal) ? mode[Buckets.Length..] : "";
        if (!int.TryParse(count, CultureInfo.InvariantCulture, out int size) || size < 1)
            throw new ArgumentException($"'{mode}' is none of padded, loop and buckets with a number, such as buckets4", nameof(mode));
        return [.. all.OrderBy(i => lengths[i]).Chunk(size)];
    }
}
