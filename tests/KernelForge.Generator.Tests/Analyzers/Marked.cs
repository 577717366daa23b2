using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;

namespace KernelForge.Generator.Tests.Analyzers;

/// <summary>Sources in which <c>{|KF0009:name|}</c> says what is reported where.</summary>
internal static class Marked
{
    /// <summary>Checks that exactly what is marked is reported, and gives the messages in the order of their places.</summary>
    public static async Task<IReadOnlyList<string>> Verify(params string[] sources)
    {
        var plain = new List<string>();
        var expected = new List<string>();
        for (int i = 0; i < sources.Length; i++)
        {
            TestFileMarkupParser.GetSpans(sources[i], out string text, out ImmutableDictionary<string, ImmutableArray<TextSpan>> spans);
            plain.Add(text);
            string file = $"Source{i}.cs";
            expected.AddRange(spans.SelectMany(rule => rule.Value.Select(span => Line(file, rule.Key, span, text))));
        }

        CSharpCompilation compilation = Compilations.Create("User", plain, [Compilations.Language, Compilations.Runtime]);
        IReadOnlyList<Diagnostic> found = [.. (await Analysis.Of(compilation)).OrderBy(Line, StringComparer.Ordinal)];
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Select(Line));
        return [.. found.Select(d => d.GetMessage(null))];
    }

    private static string Line(Diagnostic diagnostic)
    {
        SyntaxTree tree = diagnostic.Location.SourceTree!;
        return Line(tree.FilePath, diagnostic.Id, diagnostic.Location.SourceSpan, tree.ToString());
    }

    private static string Line(string file, string rule, TextSpan span, string text) =>
        $"{file} {span.Start:D5} {rule} {text.Substring(span.Start, span.Length)}";
}
