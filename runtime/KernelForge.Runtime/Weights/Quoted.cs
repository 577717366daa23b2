using System.Globalization;
using System.Text;

namespace KernelForge.Runtime.Weights;

/// <summary>Text that came out of a file, made fit for a message: in quotes, on one line, of bounded length.</summary>
internal static class Quoted
{
    private const int Limit = 160;

    public static string Text(string text)
    {
        var quoted = new StringBuilder("'", Math.Min(text.Length, Limit) + 2);
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, Limit)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }
        return quoted.Append(text.Length > Limit ? "…'" : "'").ToString();
    }

    /// <summary>A shape as the rest of the project writes it: <c>[tokens, hidden]</c>.</summary>
    public static string Shape<T>(IEnumerable<T> shape) where T : IFormattable =>
        $"[{string.Join(", ", shape.Select(dimension => dimension.ToString(null, CultureInfo.InvariantCulture)))}]";
}
