namespace KernelForge;

/// <summary>Functions of the library over numbers, for lambdas: the same formulas as over values.</summary>
public static partial class Ops
{
    /// <summary>1 / √x.</summary>
    [LayerFunction]
    public static double Rsqrt(double x) => 1 / Sqrt(x);

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [LayerFunction]
    public static double Sigmoid(double x) => 1 / (1 + Exp(-x));

    /// <summary>max(x, 0).</summary>
    [LayerFunction]
    public static double Relu(double x) => Max(x, 0.0);

    /// <summary>x · Φ(x), Φ being the normal distribution.</summary>
    [LayerFunction]
    public static double Gelu(double x) => 0.5 * x * (1 + Erf(0.70710678118654752 * x));

    /// <summary>x · sigmoid(x), also called swish.</summary>
    [LayerFunction]
    public static double Silu(double x) => x / (1 + Exp(-x));

    /// <summary>log(1 + x) for x ≥ 0 that keeps its relative precision where x is far below 1.</summary>
    [LayerFunction]
    public static double Log1p(double x) => Log(1 + x) + (x - (1 + x - 1)) / (1 + x);

    /// <summary>log(1 + eˣ).</summary>
    [LayerFunction]
    public static double Softplus(double x) => Max(x, 0.0) + Log1p(Exp(-Abs(x)));
}
