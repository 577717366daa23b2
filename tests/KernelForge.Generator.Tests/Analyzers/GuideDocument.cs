using System.Text.RegularExpressions;
using KernelForge.TestData;

namespace KernelForge.Generator.Tests.Analyzers;

/// <summary>
/// A C# example of a guide. One that is no whole class has in front of it, in a comment that the rendered page does not show, the class that
/// it is compiled in: <c>&lt;!-- compiled as … --&gt;</c>, where <c>/* example */</c> stands for the example, and a line with
/// <c>/* line */</c> stands once for each of its lines. One that is wrong names the rule that it breaks: <c>```csharp KF0102</c>.
/// </summary>
/// <param name="Place">Document and line.</param>
/// <param name="Code">The example as it is read.</param>
/// <param name="Rule">The rule that it breaks; empty for none.</param>
/// <param name="Frame">The class around it; empty where it stands by itself.</param>
internal sealed partial record GuideExample(string Place, string Code, string Rule, string Frame)
{
    /// <summary>What is compiled.</summary>
    public string Source
    {
        get
        {
            if (Frame.Length == 0) return Code;
            IEnumerable<string> lines = Frame.Split('\n').SelectMany(line => !line.Contains("/* line */", StringComparison.Ordinal) ? [line]
                : Code.TrimEnd().Split('\n').Select(one => line.Replace("/* line */", one + "\n", StringComparison.Ordinal)));
            return string.Join('\n', lines).Replace("/* example */", Code, StringComparison.Ordinal);
        }
    }

    /// <summary>Whether something says how it is compiled, and every line of it is.</summary>
    public bool IsWhole => Frame.Length == 0
        ? Code.Contains("partial class ", StringComparison.Ordinal)
        : Frame.Contains("/* example */", StringComparison.Ordinal) || Frame.Contains("/* line */", StringComparison.Ordinal);

    /// <summary>Every example of a document below <c>docs</c>.</summary>
    public static IReadOnlyList<GuideExample> Of(string document)
    {
        string text = Read(document);
        return
        [
            .. Example().Matches(text).Select(m => new GuideExample(
                $"{document}, line {text[..m.Groups["code"].Index].Count(c => c == '\n') + 1}",
                m.Groups["code"].Value, m.Groups["rule"].Value, m.Groups["frame"].Value)),
        ];
    }

    public static string Read(string document) =>
        File.ReadAllText(Path.Combine(Data.RepositoryRoot, "docs", document)).ReplaceLineEndings("\n");

    [GeneratedRegex(
        @"(^<!-- compiled as\n(?<frame>((?!^-->$).*\n)*?)-->\n)?^```csharp *(?<rule>.*)\n(?<code>((?!^```$).*\n)*?)```$", RegexOptions.Multiline)]
    private static partial Regex Example();
}
