using System.Runtime.CompilerServices;
using KernelForge.Reference;

namespace KernelForge;

/// <summary>
/// The operations of the language. Elementwise functions exist for values and, for the lambdas of <see cref="Attention"/>, for numbers.
/// </summary>
public static partial class Ops
{
    /// <summary>eˣ of every element.</summary>
    public static Tokens Exp(Tokens x) => Elementwise.Map(x, Math.Exp);

    /// <summary>eˣ.</summary>
    public static double Exp(double x) => Math.Exp(x);

    /// <summary>The natural logarithm of every element.</summary>
    public static Tokens Log(Tokens x) => Elementwise.Map(x, Math.Log);

    /// <summary>The natural logarithm.</summary>
    public static double Log(double x) => Math.Log(x);

    /// <summary>The square root of every element.</summary>
    public static Tokens Sqrt(Tokens x) => Elementwise.Map(x, Math.Sqrt);

    /// <summary>The square root.</summary>
    public static double Sqrt(double x) => Math.Sqrt(x);

    /// <summary>The hyperbolic tangent of every element.</summary>
    public static Tokens Tanh(Tokens x) => Elementwise.Map(x, Math.Tanh);

    /// <summary>The hyperbolic tangent.</summary>
    public static double Tanh(double x) => Math.Tanh(x);

    /// <summary>The error function 2/√π · ∫₀ˣ e^(−t²) dt of every element.</summary>
    public static Tokens Erf(Tokens x) => Elementwise.Map(x, ErrorFunction.Erf);

    /// <summary>The error function 2/√π · ∫₀ˣ e^(−t²) dt.</summary>
    public static double Erf(double x) => ErrorFunction.Erf(x);

    /// <summary>The magnitude of every element.</summary>
    public static Tokens Abs(Tokens x) => Elementwise.Map(x, Math.Abs);

    /// <summary>The magnitude.</summary>
    public static double Abs(double x) => Math.Abs(x);

    /// <summary>The magnitude of an integer.</summary>
    public static int Abs(int x) => Math.Abs(x);

    /// <summary>The sine of every element, in radians.</summary>
    public static Tokens Sin(Tokens x) => Elementwise.Map(x, Math.Sin);

    /// <summary>The sine, in radians.</summary>
    public static double Sin(double x) => Math.Sin(x);

    /// <summary>The cosine of every element, in radians.</summary>
    public static Tokens Cos(Tokens x) => Elementwise.Map(x, Math.Cos);

    /// <summary>The cosine, in radians.</summary>
    public static double Cos(double x) => Math.Cos(x);

    /// <summary>The greatest whole number not above, for every element.</summary>
    public static Tokens Floor(Tokens x) => Elementwise.Map(x, Math.Floor);

    /// <summary>The greatest whole number not above.</summary>
    public static double Floor(double x) => Math.Floor(x);

    /// <summary>The greater of two elements, shapes as in arithmetic.</summary>
    public static Tokens Max(Tokens a, Tokens b) => Elementwise.Map(nameof(Max), a, b, Math.Max);

    /// <summary>
    /// The greater of each element and a number. <c>Max(x, 0)</c> means this one; the row reduction takes its groups by name.
    /// </summary>
    [OverloadResolutionPriority(1)]
    public static Tokens Max(Tokens a, double b) => Elementwise.Map(a, x => Math.Max(x, b));

    /// <summary>The greater of a number and each element.</summary>
    public static Tokens Max(double a, Tokens b) => Elementwise.Map(b, x => Math.Max(a, x));

    /// <summary>The greater of two numbers.</summary>
    public static double Max(double a, double b) => Math.Max(a, b);

    /// <summary>The greater of two integers.</summary>
    public static int Max(int a, int b) => Math.Max(a, b);

    /// <summary>The smaller of two elements, shapes as in arithmetic.</summary>
    public static Tokens Min(Tokens a, Tokens b) => Elementwise.Map(nameof(Min), a, b, Math.Min);

    /// <summary>The smaller of each element and a number.</summary>
    public static Tokens Min(Tokens a, double b) => Elementwise.Map(a, x => Math.Min(x, b));

    /// <summary>The smaller of a number and each element.</summary>
    public static Tokens Min(double a, Tokens b) => Elementwise.Map(b, x => Math.Min(a, x));

    /// <summary>The smaller of two numbers.</summary>
    public static double Min(double a, double b) => Math.Min(a, b);

    /// <summary>The smaller of two integers.</summary>
    public static int Min(int a, int b) => Math.Min(a, b);

    /// <summary>Each element of <paramref name="x"/> to the power of that of <paramref name="y"/>, shapes as in arithmetic.</summary>
    public static Tokens Pow(Tokens x, Tokens y) => Elementwise.Map(nameof(Pow), x, y, Math.Pow);

    /// <summary>Each element to a power.</summary>
    public static Tokens Pow(Tokens x, double y) => Elementwise.Map(x, element => Math.Pow(element, y));

    /// <summary>A number to the power of each element.</summary>
    public static Tokens Pow(double x, Tokens y) => Elementwise.Map(y, element => Math.Pow(x, element));

    /// <summary>A number to a power.</summary>
    public static double Pow(double x, double y) => Math.Pow(x, y);
}
