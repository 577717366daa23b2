using System.Globalization;
using System.Text;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>What the host knows when a model is loaded, as CUDA C: the values of <c>-D</c>.</summary>
internal static class Definitions
{
    public static string Text(int value)
    {
        string digits = value.ToString(CultureInfo.InvariantCulture);
        return value < 0 ? $"({digits})" : digits;
    }

    public static string Text(bool value) => value ? "true" : "false";

    /// <summary>The float itself, in as few digits as tell it from its neighbours.</summary>
    public static string Text(float value) => float.IsFinite(value)
        ? Real(value.ToString("R", CultureInfo.InvariantCulture), "f")
        : string.Create(CultureInfo.InvariantCulture, $"__uint_as_float(0x{BitConverter.SingleToUInt32Bits(value):x8}u)");

    /// <inheritdoc cref="Text(float)"/>
    public static string Text(double value) => double.IsFinite(value)
        ? Real(value.ToString("R", CultureInfo.InvariantCulture), "")
        : string.Create(CultureInfo.InvariantCulture, $"__longlong_as_double(0x{BitConverter.DoubleToInt64Bits(value):x16}ll)");

    /// <summary>The device function of an activation: <c>gelu_tanh_as</c>.</summary>
    public static string Text(ActivationKind activation)
    {
        if (!Enum.IsDefined(activation)) throw new ArgumentOutOfRangeException(nameof(activation), activation, "no such activation");
        var name = new StringBuilder();
        foreach (char letter in activation.ToString())
        {
            if (char.IsAsciiLetterUpper(letter) && name.Length > 0) name.Append('_');
            name.Append(char.ToLowerInvariant(letter));
        }
        return name.Append("_as").ToString();
    }

    private static string Real(string digits, string suffix)
    {
        if (!digits.AsSpan().ContainsAny('.', 'E')) digits += ".0";
        return digits[0] == '-' ? $"({digits}{suffix})" : digits + suffix;
    }
}
