using static KernelForge.Ops;

namespace KernelForge;

/// <summary>
/// Root-mean-square normalisation: each row <c>[features]</c> divided by the root of its mean square plus <paramref name="epsilon"/>, then
/// scaled by feature.
/// </summary>
[TransformerLayer]
public sealed partial class RmsNorm(int features, double epsilon = 1e-6)
{
    [Weight("weight", "gamma")] private readonly Parameter scale = new(features);

    /// <summary><c>[rows, features]</c> to the same shape.</summary>
    public Tokens this[Tokens x] => x * Rsqrt(Mean(x * x) + epsilon) * scale;
}
