using static KernelForge.Ops;

namespace KernelForge;

/// <summary>
/// Root-mean-square normalisation: each row <c>[features]</c> divided by the root of its mean square plus <paramref name="epsilon"/>, then
/// scaled by feature. With <paramref name="unitOffset"/> the checkpoint has the scales less 1, as Gemma's do.
/// </summary>
[TransformerLayer]
public sealed partial class RmsNorm(int features, double epsilon = 1e-6, bool unitOffset = false)
{
    [Weight("weight", "gamma")] private readonly Parameter scale = new(features);

    /// <summary><c>[rows, features]</c> to the same shape.</summary>
    public Tokens this[Tokens x] => Scale(x * Rsqrt(Mean(x * x) + epsilon));

    private Tokens Scale(Tokens x) => unitOffset ? x * (scale + 1) : x * scale;
}
