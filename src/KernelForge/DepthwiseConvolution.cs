using static KernelForge.Ops;

namespace KernelForge;

/// <summary>
/// Convolution along each sequence with a kernel of its own for every feature, and as many rows as before: row t of the result is the
/// weighted sum of the rows t − before … t − before + kernel − 1, zeros where the sequence has none. It is causal where
/// <paramref name="before"/> is kernel − 1. The checkpoint has the weight as <c>[features, 1, kernel]</c> and the bias as
/// <c>[features]</c>.
/// </summary>
[TransformerLayer]
public sealed partial class DepthwiseConvolution(int features, int kernel, int before, bool bias = true)
{
    [Weight("weight")] private readonly Parameter taps = new(features, kernel);
    [Weight("bias")] private readonly Parameter shift = new(features, present: bias);

    /// <summary><c>[rows, features]</c> to the same shape.</summary>
    public Tokens this[Tokens x] =>
        Each(x.Rows, x.Features, (t, f) => Sum(kernel, n => taps[f, n] * x[t, t - before + n, f])) + shift;
}
