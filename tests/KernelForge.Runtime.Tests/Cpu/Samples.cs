using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Tests.Cpu;

internal static class Samples
{
    public static float[] Normal(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2))];
    }

    public static int[] Offsets(ReadOnlySpan<int> lengths)
    {
        int[] offsets = new int[lengths.Length + 1];
        for (int s = 0; s < lengths.Length; s++) offsets[s + 1] = offsets[s] + lengths[s];
        return offsets;
    }

    /// <summary>The bits of rows [first, end), for comparisons that no tolerance softens.</summary>
    public static int[] Bits(RowBuffer buffer, int first, int end)
    {
        Rows<Float128> rows = buffer.View<Float128>();
        return [.. Enumerable.Range(first, end - first).SelectMany(row => rows[row].ToArray()).Select(BitConverter.SingleToInt32Bits)];
    }
}
