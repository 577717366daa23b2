namespace KernelForge.Compiler.BackEnds;

/// <summary>Keeps generated lists of parameters and arguments within the width of a screen.</summary>
internal static class LongLine
{
    public const int Width = 128;

    private const int Indent = 4;

    /// <summary>The text with each of its long lines broken after commas; what follows is indented once more.</summary>
    public static string Broken(string text) => string.Join("\n", text.Split('\n').SelectMany(Lines));

    private static IEnumerable<string> Lines(string line)
    {
        string margin = new(' ', line.Length - line.TrimStart(' ').Length + Indent);
        while (line.Length > Width)
        {
            int comma = line.LastIndexOf(", ", Width, StringComparison.Ordinal);
            if (comma < 0 || line.Substring(0, comma).Trim().Length == 0) break;
            yield return line.Substring(0, comma + 1);
            line = margin + line.Substring(comma + 2);
        }
        yield return line;
    }
}
