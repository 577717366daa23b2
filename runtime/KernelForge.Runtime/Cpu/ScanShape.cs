namespace KernelForge.Runtime.Cpu;

/// <summary>How a scan is cut into items, and the memory that the states of one take.</summary>
/// <param name="Parts">Items that a sequence makes.</param>
/// <param name="FeaturesPerItem">Features of each but the last.</param>
/// <param name="Stride">Floats from one feature's states to the next's, where they lie feature by feature.</param>
/// <param name="FloatsPerItem">Floats of an item.</param>
internal readonly record struct ScanShape(int Parts, int FeaturesPerItem, int Stride, long FloatsPerItem)
{
    /// <summary>
    /// Features an item: a few vectors, so that what belongs to the row alone is read for several; fewer where there are many states.
    /// </summary>
    private const int MostFeatures = 64, MostStates = 1 << 14;

    /// <param name="features">Features of a row.</param>
    /// <param name="states">States of a feature.</param>
    /// <param name="stretches">Whether a vector may begin at any feature, and hold few.</param>
    /// <param name="lanes">Lanes of a vector.</param>
    public static ScanShape Of(int features, int states, bool stretches, int lanes)
    {
        int perItem = Math.Clamp(MostStates / Math.Max(1, states) / 16 * 16, 16, MostFeatures);
        int stride = (states + lanes - 1) / lanes * lanes;
        // Where vectors hold few features each, as many of them as there are features; else a feature's states take a lane of each.
        long floats = stretches ? (long)perItem * states * lanes : (long)perItem * stride;
        return new((features + perItem - 1) / perItem, perItem, stride, floats);
    }
}
