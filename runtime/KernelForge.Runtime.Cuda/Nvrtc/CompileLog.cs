using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace KernelForge.Runtime.Cuda.Nvrtc;

/// <summary>
/// Puts beside each message of NVRTC the line of the kernel that it speaks of, and the layer's expression that it came from.
/// </summary>
internal static partial class CompileLog
{
    public static string Annotate(string log, KernelSource source)
    {
        var text = new StringBuilder();
        string? echoed = null;
        foreach (string line in log.ReplaceLineEndings("\n").TrimEnd('\0', '\n', ' ').Split('\n'))
        {
            // NVRTC repeats the line, as the preprocessor left it, before a caret; ours stands there already.
            if (echoed is not null && (line.Trim() == echoed || line.Trim() == "^")) continue;

            text.Append(line).Append('\n');
            Match message = Message().Match(line);
            if (!message.Success) continue;

            string file = message.Groups["file"].Value;
            int number = int.Parse(message.Groups["line"].Value, CultureInfo.InvariantCulture);
            if (source.LineOf(file, number) is not { } sourceLine) continue;
            echoed = sourceLine.Trim();
            text.Append(CultureInfo.InvariantCulture, $"    {number} | {echoed}\n");
            if (source.OriginOf(file, number) is { } origin) text.Append($"    which computes {origin}\n");
        }
        return text.ToString().TrimEnd('\n');
    }

    [GeneratedRegex(@"^""?(?<file>[^""(]+)""?\((?<line>\d+)\): ")]
    private static partial Regex Message();
}
