using System.Globalization;

namespace KernelForge.Compiler.Text;

/// <summary>Numbers as text that reads back to the same bits and is the same on every runtime that hosts a compiler.</summary>
public static class NumberText
{
    /// <summary>The fewest of 15, 16 or 17 digits that read back to the value; <c>inf</c>, <c>-inf</c> and <c>nan</c>.</summary>
    public static string Shortest(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        // One runtime prints the sign of a negative zero and another does not.
        if (value == 0) return BitConverter.DoubleToInt64Bits(value) == 0 ? "0" : "-0";

        foreach (string format in (string[])["G15", "G16"])
        {
            string text = value.ToString(format, CultureInfo.InvariantCulture);
            if (Parse(text) == value) return text;
        }
        return value.ToString("G17", CultureInfo.InvariantCulture);
    }

    public static double Parse(string text) => text switch
    {
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        // One runtime reads the sign of a negative zero and another does not.
        "-0" => BitConverter.Int64BitsToDouble(long.MinValue),
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };
}
