using System.Numerics;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>
/// The sizes that graphs are made for. A batch runs in the smallest that holds it; what is unused costs memory and blocks that leave at once.
/// </summary>
internal static class Buckets
{
    /// <summary>Blocks that a grid's second extent can have.</summary>
    public const int MostInGridY = 65535;

    private const int FewestRows = 64, FewestSequences = 8;

    /// <summary>Four to each doubling: at most a quarter is unused, an eighth on average.</summary>
    public static int Rows(int rows) => RoundUp(rows, FewestRows, steps: 4);

    /// <summary>Two to each doubling: a sequence costs little.</summary>
    public static int Sequences(int sequences)
    {
        int rounded = RoundUp(sequences, FewestSequences, steps: 2);
        return sequences <= MostInGridY ? Math.Min(rounded, MostInGridY) : rounded;
    }

    private static int RoundUp(int count, int fewest, int steps)
    {
        if (count <= fewest) return fewest;
        long step = (1L << BitOperations.Log2((uint)count - 1)) / steps;
        return (int)Math.Min(int.MaxValue, (count + step - 1) / step * step);
    }
}
