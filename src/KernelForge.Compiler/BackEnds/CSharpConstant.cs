using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds;

/// <summary>Constants as C# writes them.</summary>
internal static class CSharpConstant
{
    /// <summary>A constant as a literal of int, float or double; null for what is none.</summary>
    public static string? Of(Scalar value, string type) => value is not Scalar.Number n ? null : type switch
    {
        "int" => ScalarText.Of(value),
        "float" => Real(n.Value, "f", "float"),
        _ => Real(n.Value, "d", "double"),
    };

    private static string Real(double value, string suffix, string type)
    {
        if (double.IsNaN(value)) return type + ".NaN";
        if (double.IsInfinity(value)) return type + (value > 0 ? ".PositiveInfinity" : ".NegativeInfinity");
        string text = NumberText.Shortest(value) + suffix;
        return value < 0 ? "(" + text + ")" : text;
    }
}
