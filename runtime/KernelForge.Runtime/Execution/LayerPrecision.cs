namespace KernelForge.Runtime.Execution;

/// <summary>What the <see cref="PrecisionAttribute"/>s of a layer say of its products: generated code hands it to <see cref="ModelSession"/>.</summary>
/// <param name="ofLayer">What its class says, for a device that names no precision; null where it says nothing.</param>
/// <param name="pinned">
/// Weights whose products have a precision whatever the device names, by their ways in the description: <c>layers[i].query</c>.
/// </param>
public sealed class LayerPrecision(Precision? ofLayer, params (string Weights, Precision Precision)[] pinned)
{
    /// <summary>That of a layer without the attribute.</summary>
    public static LayerPrecision Open { get; } = new(null);

    /// <summary>What the class says, for a device that names no precision.</summary>
    public Precision? OfLayer => ofLayer;

    /// <summary>The first weights that are pinned to a precision; null where none are.</summary>
    internal string? FirstIn(Precision precision)
    {
        foreach ((string weights, Precision its) in pinned)
        {
            if (its == precision) return weights;
        }
        return null;
    }

    /// <summary>In words, beside what all others are multiplied in: <c>Int8; Float32 for classifier</c>.</summary>
    internal string Beside(string others) => string.Join(
        "; ", pinned.GroupBy(p => p.Precision, p => p.Weights).Select(g => $"{g.Key} for {string.Join(", ", g)}").Prepend(others));
}
