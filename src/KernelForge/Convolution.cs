using static KernelForge.Ops;

namespace KernelForge;

/// <summary>
/// Convolution along each sequence: row t of the result is a linear of the rows at t·stride − padding + n·dilation for
/// n = 0 … kernel − 1, zeros where the sequence has none. Its rows are those of <see cref="Windowed"/>: with an odd kernel, stride 1 and
/// padding (kernel − 1) / 2 as many as before. The checkpoint has the weight as <c>[outputs, inputs, kernel]</c> and the bias as
/// <c>[outputs]</c>.
/// </summary>
[TransformerLayer]
public sealed partial class Convolution(
    int inputs, int outputs, int kernel, int stride = 1, int padding = 0, int dilation = 1, bool bias = true)
{
    [Weight("")] private readonly Linear linear = new(inputs * kernel, outputs, bias);

    /// <summary><c>[rows, inputs]</c> to <c>[<see cref="Windowed"/> rows, outputs]</c>.</summary>
    public Tokens this[Tokens x] => linear[Each(
        Windowed(x.Rows, kernel, stride, padding, dilation), x.Features * kernel,
        (t, f) => x[t, (t * stride) - padding + (f % kernel * dilation), f / kernel])];
}
