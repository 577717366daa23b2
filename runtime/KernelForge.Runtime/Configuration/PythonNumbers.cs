using System.Text;

namespace KernelForge.Runtime.Configuration;

/// <summary>
/// Python writes <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c> as bare words, which JSON does not have; real configurations
/// hold them. They become strings here, and a reader of real numbers takes those three strings for what they mean.
/// </summary>
internal static class PythonNumbers
{
    private static readonly string[] Words = ["-Infinity", "Infinity", "NaN"];

    public static string Quote(string json)
    {
        if (!Words.Any(word => json.Contains(word, StringComparison.Ordinal))) return json;
        var quoted = new StringBuilder(json.Length + 8);
        bool inString = false;
        for (int i = 0; i < json.Length;)
        {
            string? word = inString ? null : Array.Find(Words, word => string.CompareOrdinal(json, i, word, 0, word.Length) == 0);
            if (word is not null)
            {
                quoted.Append('"').Append(word).Append('"');
                i += word.Length;
                continue;
            }
            if (inString && json[i] == '\\' && i + 1 < json.Length) quoted.Append(json[i++]);
            else if (json[i] == '"') inString = !inString;
            quoted.Append(json[i++]);
        }
        return quoted.ToString();
    }

    public static double? Parse(string word) => word switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => null,
    };
}
