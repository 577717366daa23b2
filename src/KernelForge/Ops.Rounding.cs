namespace KernelForge;

public static partial class Ops
{
    /// <summary>
    /// The nearest number that float16 holds, for magnitudes up to 65504; half-way between two the upper one. For constants that a model
    /// has in float16 whatever it computes in.
    /// </summary>
    [LayerFunction]
    public static double RoundToFloat16(double x) => Floor((x / Float16Step(x)) + 0.5) * Float16Step(x);

    /// <summary>How far apart the float16 numbers around x are: 2 to the power of its exponent less 10, at least 2⁻²⁴.</summary>
    [LayerFunction]
    private static double Float16Step(double x) => Pow(2, Max(Floor(Log(Abs(x)) / 0.69314718055994531) - 10, -24.0));
}
