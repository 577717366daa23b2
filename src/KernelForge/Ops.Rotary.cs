namespace KernelForge;

/// <summary>Rotary positions (Su et al., RoFormer, arXiv 2104.09864).</summary>
public static partial class Ops
{
    /// <summary>
    /// The cosine of each rotation: cos(position · theta^(−2f / dims)), <c>[rows, (dims + 1) / 2]</c>. Other angles are an
    /// <see cref="Each"/> of your own.
    /// </summary>
    /// <param name="rows">The rows that are rotated, by their positions.</param>
    /// <param name="dims">How many features of each head are rotated; where it is odd, one more.</param>
    /// <param name="theta">The base of the wavelengths: 10000, as a rule.</param>
    /// <param name="float16">
    /// Whether the frequencies are rounded to float16, as a model has them that was cast to it whole (<c>model.half()</c>), whatever it
    /// computes in afterwards. At position 100 this turns some pairs by a hundredth of a radian.
    /// </param>
    [LayerFunction]
    public static Tokens RotaryCos(RowSpace rows, int dims, double theta, bool float16 = false) =>
        Each(rows, (dims + 1) / 2, (t, f) => Cos(t * (float16 ? RoundToFloat16(Pow(theta, -2.0 * f / dims)) : Pow(theta, -2.0 * f / dims))));

    /// <summary>As <see cref="RotaryCos"/>, the sine: <c>[rows, (dims + 1) / 2]</c>.</summary>
    /// <param name="rows">The rows that are rotated, by their positions.</param>
    /// <param name="dims">How many features of each head are rotated; where it is odd, one more.</param>
    /// <param name="theta">The base of the wavelengths: 10000, as a rule.</param>
    /// <param name="float16">Whether the frequencies are rounded to float16.</param>
    [LayerFunction]
    public static Tokens RotarySin(RowSpace rows, int dims, double theta, bool float16 = false) =>
        Each(rows, (dims + 1) / 2, (t, f) => Sin(t * (float16 ? RoundToFloat16(Pow(theta, -2.0 * f / dims)) : Pow(theta, -2.0 * f / dims))));

    /// <summary>
    /// Rotates pairs of features in each head: (a, b) to (a·cos − b·sin, b·cos + a·sin), of the first 2 · n features of a head, n being the
    /// features of <paramref name="cos"/>; the others stay. Same shape as <paramref name="x"/>.
    /// </summary>
    /// <param name="x"><c>[rows, heads × headDim]</c>, queries or keys.</param>
    /// <param name="cos"><c>[rows, n]</c>: <see cref="RotaryCos"/>.</param>
    /// <param name="sin"><c>[rows, n]</c>: <see cref="RotarySin"/>.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="interleaved">Whether neighbours are a pair (2f and 2f + 1); else f and f + n are.</param>
    /// <exception cref="ArgumentException">The features do not divide into heads, a head has fewer than 2n, or rows do not fit.</exception>
    [LayerFunction]
    public static Tokens Rotate(Tokens x, Tokens cos, Tokens sin, int heads, bool interleaved = false) => interleaved
        ? RotatePairs(x, cos, sin, x.Features / Sum(x, groups: heads).Features)
        : RotateHalves(x, cos, sin, x.Features / Sum(x, groups: heads).Features);

    [LayerFunction]
    private static Tokens RotateHalves(Tokens x, Tokens cos, Tokens sin, int headDim) => Each(x.Rows, x.Features, (t, f) =>
        f % headDim < cos.Features ? (x[t, f] * cos[t, f % headDim]) - (x[t, f + cos.Features] * sin[t, f % headDim])
        : f % headDim < 2 * cos.Features
            ? (x[t, f] * cos[t, (f % headDim) - cos.Features]) + (x[t, f - cos.Features] * sin[t, (f % headDim) - cos.Features])
        : x[t, f]);

    [LayerFunction]
    private static Tokens RotatePairs(Tokens x, Tokens cos, Tokens sin, int headDim) => Each(x.Rows, x.Features, (t, f) =>
        f % headDim >= 2 * cos.Features ? x[t, f]
        : f % headDim % 2 == 0 ? (x[t, f] * cos[t, f % headDim / 2]) - (x[t, f + 1] * sin[t, f % headDim / 2])
        : (x[t, f] * cos[t, f % headDim / 2]) + (x[t, f - 1] * sin[t, f % headDim / 2]));
}
