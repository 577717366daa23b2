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
            int comma = LastComma(line);
            if (comma < 0 || line.Substring(0, comma).Trim().Length == 0) break;
            yield return line.Substring(0, comma + 1);
            line = margin + line.Substring(comma + 2);
        }
        yield return line;
    }

    /// <summary>The last place within the width where a line can end: behind a comma that is not part of a text.</summary>
    private static int LastComma(string line)
    {
        int last = -1;
        bool inText = false;
        for (int i = 0; i < Width && i + 1 < line.Length; i++)
        {
            if (line[i] == '"' && (i == 0 || line[i - 1] != '\\')) inText = !inText;
            else if (!inText && line[i] == ',' && line[i + 1] == ' ') last = i;
        }
        return last;
    }

    /// <summary>A list between a head and a tail, broken between its items and nowhere within them.</summary>
    public static string List(string head, IEnumerable<string> items, string tail)
    {
        string text = "", line = head;
        string[] all = [.. items];
        for (int i = 0; i < all.Length; i++)
        {
            string item = all[i] + (i + 1 < all.Length ? "," : tail);
            bool first = i == 0;
            if (line.Length + item.Length + 1 > Width && line.Trim().Length > 0)
            {
                text += line + "\n";
                line = new string(' ', Indent) + item;
            }
            else line += (first ? "" : " ") + item;
        }
        return text + line + (all.Length == 0 ? tail : "");
    }
}
