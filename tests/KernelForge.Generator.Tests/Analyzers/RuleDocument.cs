using System.Text.RegularExpressions;
using KernelForge.TestData;

namespace KernelForge.Generator.Tests.Analyzers;

/// <summary>A section of <c>docs/rules.md</c> with its examples, by kind: <c>fails</c>, <c>passes</c>, <c>library</c>.</summary>
internal sealed record RuleSection(string Id, ILookup<string, string> Examples);

internal static partial class RuleDocument
{
    public static IReadOnlyList<RuleSection> Sections { get; } =
        Parse(File.ReadAllText(Path.Combine(Data.RepositoryRoot, "docs", "rules.md")));

    /// <summary>
    /// The text that a line of carets in a comment underlines, as its line and columns counted from 0, and the rule named beside it.
    /// </summary>
    public static (int Line, int Start, int End, string Rule) Mark(string example)
    {
        string[] lines = example.Split('\n');
        int at = Array.FindIndex(lines, line => Underline().IsMatch(line));
        Assert.True(at > 0, "the example underlines nothing");
        Match mark = Underline().Match(lines[at]);
        return (at - 1, mark.Groups["carets"].Index, mark.Groups["carets"].Index + mark.Groups["carets"].Length, mark.Groups["rule"].Value);
    }

    private static List<RuleSection> Parse(string document) =>
    [
        .. document.ReplaceLineEndings("\n").Split("\n## ").Skip(1).Select(section => new RuleSection(
            section[..section.IndexOf('\n', StringComparison.Ordinal)].Trim(),
            Example().Matches(section).ToLookup(m => m.Groups["kind"].Value, m => m.Groups["text"].Value))),
    ];

    [GeneratedRegex(@"^```csharp (?<kind>\w+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"^\s*//\s*(?<carets>\^+) (?<rule>KF\d{4})$")]
    private static partial Regex Underline();
}
