namespace KernelForge.Models.Generation;

/// <summary>
/// Random numbers by their place (SplitMix64; Steele, Lea and Flood, 2014): number n of a seed is the same on every machine, and needs none
/// of those before it.
/// </summary>
internal static class Draws
{
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;

    /// <summary>Number <paramref name="index"/> of a seed: at least 0 and below 1.</summary>
    public static double At(ulong seed, int index)
    {
        // The seed is mixed first: without that, seeds that differ by Step would give the same numbers one place apart.
        ulong mixed = Mix(Mix(seed + Step) + Step * ((ulong)index + 1));
        return (mixed >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
