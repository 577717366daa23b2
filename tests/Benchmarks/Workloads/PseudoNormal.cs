namespace KernelForge.Benchmarks.Workloads;

/// <summary>SplitMix64 by index (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).</summary>
internal static class SplitMix64
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>Number <paramref name="index"/> of the sequence that a seed begins.</summary>
    public static ulong At(ulong seed, int index) => Scramble(seed + (((ulong)index + 1) * Gamma));

    /// <summary>The generator's finalizer.</summary>
    public static ulong Scramble(ulong state)
    {
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
        return state ^ (state >> 31);
    }
}

/// <summary>Numbers that are normal enough for weights, the same bits in every contender: sums of four uniform 16-bit numbers.</summary>
internal static class PseudoNormal
{
    /// <summary>√3 / 65536: what brings the sum of four such numbers to a deviation of one.</summary>
    private const float Unit = 2.6428965e-5f;

    private const int MeanOfSum = 4 * 65535 / 2;

    public static void Fill(Span<float> values, ulong seed, float deviation, float mean = 0)
    {
        float scale = deviation * Unit;
        for (int i = 0; i < values.Length; i++)
        {
            ulong bits = SplitMix64.At(seed, i);
            int sum = (ushort)bits + (ushort)(bits >> 16) + (ushort)(bits >> 32) + (ushort)(bits >> 48);
            values[i] = ((sum - MeanOfSum) * scale) + mean;
        }
    }
}
