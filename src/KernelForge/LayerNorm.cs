using static KernelForge.Ops;

namespace KernelForge;

/// <summary>
/// Layer normalisation: each row <c>[features]</c> less its mean, divided by the root of its variance (over all features) plus
/// <paramref name="epsilon"/>, then scaled and shifted by feature.
/// </summary>
[TransformerLayer]
public sealed partial class LayerNorm(int features, double epsilon = 1e-5, bool bias = true)
{
    [Weight("weight", "gamma")] private readonly Parameter scale = new(features);
    [Weight("bias", "beta")] private readonly Parameter shift = new(features, present: bias);

    /// <summary><c>[rows, features]</c> to the same shape.</summary>
    public Tokens this[Tokens x] => Normalise(x - Mean(x)) * scale + shift;

    private Tokens Normalise(Tokens centred) => centred * Rsqrt(Mean(centred * centred) + epsilon);
}
