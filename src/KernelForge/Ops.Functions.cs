namespace KernelForge;

/// <summary>
/// The library, written in the language itself. Every function stays finite and right in single precision, where Exp of a large
/// number is infinite.
/// </summary>
public static partial class Ops
{
    /// <summary>−1, 0 or 1 for every element: its sign.</summary>
    [LayerFunction]
    public static Tokens Sign(Tokens x) => Each(x.Rows, x.Features, (t, f) => Sign(x[t, f]));

    /// <summary>−1, 0 or 1: the sign.</summary>
    [LayerFunction]
    public static double Sign(double x) => x > 0 ? 1 : x < 0 ? -1 : 0;

    /// <summary>1 / √x.</summary>
    [LayerFunction]
    public static Tokens Rsqrt(Tokens x) => 1 / Sqrt(x);

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [LayerFunction]
    public static Tokens Sigmoid(Tokens x) => 1 / (1 + Exp(-x));

    /// <summary>max(x, 0).</summary>
    [LayerFunction]
    public static Tokens Relu(Tokens x) => Max(x, 0);

    /// <summary>max(x, 0)².</summary>
    [LayerFunction]
    public static Tokens Relu2(Tokens x) => Relu(x) * Relu(x);

    /// <summary>min(max(x, 0), 6).</summary>
    [LayerFunction]
    public static Tokens Relu6(Tokens x) => Min(Relu(x), 6);

    /// <summary>x where it is positive, else x / 100.</summary>
    [LayerFunction]
    public static Tokens LeakyRelu(Tokens x) => Max(x, 0.01 * x);

    /// <summary>x · Φ(x), Φ being the normal distribution: x · (1 + erf(x / √2)) / 2.</summary>
    [LayerFunction]
    public static Tokens Gelu(Tokens x) => 0.5 * x * (1 + Erf(0.70710678118654752 * x));

    /// <summary>GELU by the tangent: x · (1 + tanh(√(2/π) · (x + 0.044715·x³))) / 2.</summary>
    [LayerFunction]
    public static Tokens GeluTanh(Tokens x) => 0.5 * x * (1 + Tanh(0.79788456080286536 * (x + 0.044715 * x * x * x)));

    /// <summary>x · sigmoid(1.702·x).</summary>
    [LayerFunction]
    public static Tokens QuickGelu(Tokens x) => x / (1 + Exp(-1.702 * x));

    /// <summary>x · sigmoid(x), also called swish.</summary>
    [LayerFunction]
    public static Tokens Silu(Tokens x) => x / (1 + Exp(-x));

    /// <summary>x · min(max(x + 3, 0), 6) / 6.</summary>
    [LayerFunction]
    public static Tokens HardSwish(Tokens x) => x * Relu6(x + 3) / 6;

    /// <summary>
    /// log(1 + x) for x ≥ 0 that keeps its relative precision where x is far below 1: what rounding takes from 1 + x is given back to first
    /// order.
    /// </summary>
    [LayerFunction]
    public static Tokens Log1p(Tokens x) => Log(1 + x) + (x - ((1 + x) - 1)) / (1 + x);

    /// <summary>log(1 + eˣ).</summary>
    [LayerFunction]
    public static Tokens Softplus(Tokens x) => Max(x, 0) + Log1p(Exp(-Abs(x)));

    /// <summary>x · tanh(softplus(x)).</summary>
    [LayerFunction]
    public static Tokens Mish(Tokens x) => x * Tanh(Softplus(x));

    /// <summary>eˣ over its sum along each row: <c>[rows, features]</c>, each row adding up to 1.</summary>
    [LayerFunction]
    public static Tokens Softmax(Tokens x) => Normalised(Exp(x - Max(x)));

    [LayerFunction]
    private static Tokens Normalised(Tokens x) => x / Sum(x);
}
