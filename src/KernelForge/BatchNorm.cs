using static KernelForge.Ops;

namespace KernelForge;

/// <summary>
/// Batch normalisation by the statistics that training left: each feature less its running mean, divided by the root of its running
/// variance plus <paramref name="epsilon"/>, then scaled and shifted.
/// </summary>
[TransformerLayer]
public sealed partial class BatchNorm(int features, double epsilon = 1e-5)
{
    [Weight("running_mean")] private readonly Parameter mean = new(features);
    [Weight("running_var")] private readonly Parameter variance = new(features);
    [Weight("weight")] private readonly Parameter scale = new(features);
    [Weight("bias")] private readonly Parameter shift = new(features);

    /// <summary><c>[rows, features]</c> to the same shape.</summary>
    public Tokens this[Tokens x] => (x - mean) * (scale * Rsqrt(variance + epsilon)) + shift;
}
