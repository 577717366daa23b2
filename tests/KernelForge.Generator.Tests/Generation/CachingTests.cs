using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelForge.Generator.Tests.Generation;

/// <summary>Which steps run again after an edit, by the reasons that the driver gives.</summary>
public sealed class CachingTests
{
    private const string Other = """
        namespace Demo;

        [TransformerLayer]
        public sealed partial class Gate(int hidden)
        {
            private readonly Linear gate = new(hidden, hidden);

            public Tokens Forward(Tokens x) => x * Sigmoid(gate[x]);
        }
        """;

    private readonly CSharpCompilation before =
        Compilations.Create("User", [Descriptions.BertLayer, Descriptions.BertModel, Other], [Compilations.Language, Compilations.Runtime]);

    [Fact]
    public void The_same_project_recomputes_nothing() => Assert.Empty(RecomputedAfter(before.Clone()));

    [Fact]
    public void An_edit_in_another_file_recomputes_nothing() =>
        Assert.Empty(RecomputedAfter(before.AddSyntaxTrees(Compilations.Tree("class Elsewhere { int X => 1; }", "Elsewhere.cs"))));

    [Fact]
    public void Comments_and_moved_text_recompute_nothing() => Assert.Empty(RecomputedAfter(Edited(
        Descriptions.BertLayer, "x = attentionNorm[x +", "// The residual.\n\n        x = attentionNorm[\n x +")));

    [Fact]
    public void An_edit_of_an_unused_method_recomputes_nothing() => Assert.Empty(RecomputedAfter(Edited(
        Other, "public Tokens", "public override string ToString() => \"gate\";\n    public Tokens")));

    [Fact]
    public void An_edit_of_a_layer_recompiles_it_and_the_model_that_contains_it_alone() => Assert.Equal(
        ["Demo.BertLayer", "Demo.BertModel"],
        RecomputedAfter(Edited(Descriptions.BertLayer, "x + project[context]", "x * project[context]")));

    [Fact]
    public void An_edit_of_a_model_recompiles_it_alone() => Assert.Equal(
        ["Demo.BertModel"],
        RecomputedAfter(Edited(Descriptions.BertModel, "word[ids] + type[ids.Types]", "type[ids.Types] + word[ids]")));

    [Fact]
    public void What_lies_between_the_steps_holds_neither_symbols_nor_syntax()
    {
        GeneratorDriver driver = Compilations.Driver(track: true).RunGenerators(before, TestContext.Current.CancellationToken);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (string step in (string[])[StepNames.ReadLayer, StepNames.ReadFunction, StepNames.Unit, StepNames.Compile])
            foreach (object value in Steps(driver, step).SelectMany(s => s.Outputs).Select(o => o.Value))
                AssertIsPlain(value, seen);
        Assert.True(seen.Count > 50);
    }

    [Fact]
    public void The_same_project_gives_the_same_bytes()
    {
        static string[] Texts(CSharpCompilation compilation) =>
        [
            .. Compilations.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken)
                .GetRunResult().GeneratedTrees.Select(tree => tree.FilePath + "\n" + tree),
        ];

        string[] first = Texts(before);
        Assert.NotEmpty(first);
        Assert.Equal(first, Texts(before.Clone()));
        Assert.DoesNotContain(first, text => text.Contains('\r', StringComparison.Ordinal));
    }

    private CSharpCompilation Edited(string source, string from, string to)
    {
        Assert.Contains(from, source, StringComparison.Ordinal);
        SyntaxTree tree = before.SyntaxTrees.Single(t => t.ToString() == source);
        return before.ReplaceSyntaxTree(tree, Compilations.Tree(source.Replace(from, to, StringComparison.Ordinal), tree.FilePath));
    }

    /// <summary>The layers that were compiled again; every other step's result was found unchanged.</summary>
    private string[] RecomputedAfter(CSharpCompilation after)
    {
        GeneratorDriver driver = Compilations.Driver(track: true).RunGenerators(before, TestContext.Current.CancellationToken);
        Assert.Equal(3, Steps(driver, StepNames.Compile).Length);

        driver = driver.RunGenerators(after, TestContext.Current.CancellationToken);
        return
        [
            .. Steps(driver, StepNames.Compile)
                .Where(step => step.Outputs.Any(o => o.Reason is IncrementalStepRunReason.New or IncrementalStepRunReason.Modified))
                .SelectMany(step => step.Inputs)
                .Select(input => ((LayerToCompile)input.Source.Outputs[input.OutputIndex].Value).Layer.Id)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static ImmutableArray<IncrementalGeneratorRunStep> Steps(GeneratorDriver driver, string name) =>
        driver.GetRunResult().Results.Single().TrackedSteps.TryGetValue(name, out var steps) ? steps : [];

    private static void AssertIsPlain(object? value, HashSet<object> seen)
    {
        if (value is null || value.GetType().IsPrimitive || value is string || value.GetType().IsEnum) return;
        bool isOfRoslyn = value is ISymbol or SyntaxNode or SyntaxTree or Location or Compilation or SemanticModel;
        Assert.False(isOfRoslyn, $"{value.GetType()} lies between the steps");
        if (!value.GetType().IsValueType && !seen.Add(value)) return;
        if (value is IEnumerable items)
            foreach (object? item in items) AssertIsPlain(item, seen);
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;
        for (Type? type = value.GetType(); type is not null; type = type.BaseType)
            foreach (FieldInfo field in type.GetFields(Own))
                if (!field.FieldType.IsPrimitive && !field.FieldType.IsPointer) AssertIsPlain(field.GetValue(value), seen);
    }
}
