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
            expected.AddRange(spans.SelectMany(rule => rule.Value.Select(span => $"Source{i}.cs {span.Start:D5} {rule.Key} {text.Substring(span.Start, span.Length)}")));
        }

        CSharpCompilation compilation = Compilations.Create("User", plain, [Compilations.Language, Compilations.Runtime]);
        IReadOnlyList<Diagnostic> found = [.. (await Analysis.Of(compilation)).OrderBy(Place)];
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Select(d => $"{Place(d)} {d.Id} {Text(d)}"));
        return [.. found.Select(d => d.GetMessage(null))];
    }

    private static string Place(Diagnostic diagnostic) => $"{diagnostic.Location.SourceTree!.FilePath} {diagnostic.Location.SourceSpan.Start:D5}";

    private static string Text(Diagnostic diagnostic) => diagnostic.Location.SourceTree!.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length);
}
