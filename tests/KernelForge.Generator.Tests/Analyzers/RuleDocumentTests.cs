using KernelForge.Compiler.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelForge.Generator.Tests.Analyzers;

public sealed class RuleDocumentTests
{
    /// <summary>No source shows these by itself: a fault of the compiler itself, what C# finds first, and what a project for CUDA shows.</summary>
    private static readonly Rule[] WithoutExample = [Rules.CompilerFailed, Rules.UnassignedLocal, Rules.OnePrecision];

    public static TheoryData<string> Ids => [.. RuleDocument.Sections.Select(s => s.Id).Except(WithoutExample.Select(r => r.Id))];

    [Fact]
    public void Every_rule_has_a_section_in_order() => Assert.Equal(Rules.All.Select(r => r.Id), RuleDocument.Sections.Select(s => s.Id));

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_failing_example_breaks_its_rule_alone_at_the_underlined_place(string id)
    {
        Assert.NotEmpty(Section(id).Examples["fails"]);
        foreach (string example in Section(id).Examples["fails"])
        {
            CSharpCompilation compilation = Compile(id, example);
            Diagnostic found = Assert.Single(await Analysis.Of(compilation));

            (int line, int start, int end, string rule) = RuleDocument.Mark(example);
            FileLinePositionSpan place = found.Location.GetLineSpan();
            Assert.Equal((id, id, line, start, end),
                (found.Id, rule, place.StartLinePosition.Line, place.StartLinePosition.Character, place.EndLinePosition.Character));
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_passing_example_breaks_no_rule(string id)
    {
        Assert.NotEmpty(Section(id).Examples["passes"]);
        foreach (string example in Section(id).Examples["passes"])
            Assert.Empty((await Analysis.Of(Compile(id, example))).Select(d => d.ToString()));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void No_example_has_errors_of_the_compiler_beside_the_rule(string id)
    {
        foreach (string example in Section(id).Examples["fails"].Concat(Section(id).Examples["passes"]))
            Compilations.AssertCompiles(Compilations.Generate(Compile(id, example)));
    }

    private static RuleSection Section(string id) => RuleDocument.Sections.Single(s => s.Id == id);

    private static CSharpCompilation Compile(string id, string example)
    {
        List<MetadataReference> references = [Compilations.Language];
        foreach (string library in Section(id).Examples["library"])
            references.Add(Compilations.Image(Compilations.Create("Library", [library], [Compilations.Language])));
        return Compilations.Create("User", [example], references);
    }
}
