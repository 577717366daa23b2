using System.Text.RegularExpressions;
using KernelForge.TestData;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelForge.Generator.Tests.Analyzers;

/// <summary>That the examples of the guides are what they say: compiled, or refused by the rule that they name.</summary>
public sealed partial class GuideDocumentTests
{
    private static readonly GuideExample[] All = [.. GuideExample.Of("language.md"), .. GuideExample.Of("new-model.md")];

    public static TheoryData<string> Places => [.. All.Select(e => e.Place)];

    [Fact]
    public void No_example_is_overlooked()
    {
        foreach (string document in (string[])["language.md", "new-model.md"])
        {
            int fences = GuideExample.Read(document).Split('\n').Count(line => line.TrimStart().StartsWith("```csharp", StringComparison.Ordinal));
            Assert.Equal(fences, All.Count(e => e.Place.StartsWith(document, StringComparison.Ordinal)));
            Assert.InRange(fences, 1, int.MaxValue);
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task An_example_compiles_or_breaks_the_rule_that_it_names(string place)
    {
        GuideExample example = All.Single(e => e.Place == place);
        Assert.True(example.IsWhole, $"docs/{place}: the example is no whole class; say before it, <!-- compiled as … -->, what it is part of");
        CSharpCompilation compilation = Compilations.Create("User", [example.Source], [Compilations.Language, Compilations.Runtime]);
        // What is only told, such as KF0112 of a layer that works inside others, is no fault.
        Diagnostic[] found = [.. (await Analysis.Of(compilation)).Where(d => d.Severity != DiagnosticSeverity.Info)];
        string told = string.Join('\n', found.Select(d => example.Rule.Length == 0 ? d.ToString() : d.Id));
        Assert.True(told == example.Rule, $"docs/{place} gives\n{told}\nin\n{example.Source}");
        Compilations.AssertCompiles(Compilations.Generate(compilation));
    }

    [Fact]
    public void The_model_that_is_worked_through_is_the_one_that_runs()
    {
        string document = GuideExample.Read("new-model.md");
        string[] lines = File.ReadAllLines(Path.Combine(Data.RepositoryRoot, "src", "KernelForge.Models", "Qwen3Model.cs"));
        Assert.Contains($"Qwen3Model.cs), {lines.Length} lines", document, StringComparison.Ordinal);
        string model = Plain(string.Join('\n', lines));
        Assert.All(GuideExample.Of("new-model.md"), example => Assert.Contains(Plain(example.Code), model, StringComparison.Ordinal));
        // What the text quotes of it: attributes with what they stand on.
        string[] quoted = [.. Quoted().Matches(document).Select(m => m.Groups["code"].Value)];
        Assert.InRange(quoted.Length, 3, int.MaxValue);
        Assert.All(quoted, code => Assert.Contains(Plain(code), model, StringComparison.Ordinal));
    }

    /// <summary>Without comments and with single spaces.</summary>
    private static string Plain(string code) => string.Join(' ', Comment().Replace(code, "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"`(?<code>\[(Weight|Config|Requires)\([^`]*)`")]
    private static partial Regex Quoted();
}
