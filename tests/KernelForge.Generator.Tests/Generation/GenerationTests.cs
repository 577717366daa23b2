using System.Diagnostics;
using KernelForge.Generator.Tests.Analyzers;
using KernelForge.TestData;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelForge.Generator.Tests.Generation;

public sealed class GenerationTests(ITestOutputHelper output)
{
    [Fact]
    public void The_description_of_a_model()
    {
        CSharpCompilation generated = Compilations.Generate(Compilations.Of(Descriptions.BertLayer, Descriptions.BertModel));
        Snapshot.Verify(generated.SyntaxTrees.Single(tree => Path.GetFileName(tree.FilePath) == "Demo.BertModel.Specification.g.cs").ToString());
    }

    [Fact]
    public void Without_the_runtime_only_descriptions_are_made() => Assert.Equal(
        ["Demo.BertLayer.Specification.g.cs", "Demo.BertModel.Specification.g.cs"],
        Generated(Compilations.Of(Descriptions.BertLayer, Descriptions.BertModel)));

    [Fact]
    public void With_the_runtime_each_layer_and_model_is_compiled() => Assert.Superset(
        new HashSet<string>(
            ["Demo.BertLayer.Specification.g.cs", "Demo.BertLayer.g.cs", "Demo.BertModel.Specification.g.cs", "Demo.BertModel.g.cs"]),
        Generated(WithRuntime(Descriptions.BertLayer, Descriptions.BertModel)).ToHashSet());

    [Fact]
    public void What_is_generated_compiles_without_a_warning_and_without_unsafe_code() =>
        Compilations.AssertCompiles(Compilations.Generate(WithRuntime(Descriptions.BertLayer, Descriptions.BertModel)));

    [Fact]
    public void Names_of_inputs_and_hyper_parameters_are_the_users_own() => Compilations.AssertCompiles(Compilations.Generate(WithRuntime(
        """
        [TransformerLayer]
        public sealed partial class Taken(int session, int rows0)
        {
            private readonly Linear program = new(session, rows0);

            public Tokens Forward(Tokens session, Tokens program, Tokens destination) => this.program[session] + program + destination;
        }
        """)));

    [Fact]
    public void Members_with_names_of_the_generated_part_are_no_errors_of_the_language_too() => Compilations.AssertCompiles(
        Compilations.Generate(WithRuntime(
            """
            [TransformerModel]
            public sealed partial class Taken([Config("vocab_size")] int vocabulary, [Config("hidden_size")] int hidden)
            {
                private readonly Embedding word = new(vocabulary, hidden);

                public int Device => 0;

                public Tokens Forward(TokenIds ids) => word[ids];

                public static Taken Load(string folder, int number) => new(number, folder.Length);

                public void Run() { }

                public void Dispose() { }

                private sealed class LoadWeights;
            }
            """)));

    [Fact]
    public void Code_that_uses_a_model_with_errors_gets_none_of_its_own() => Compilations.AssertCompiles(Compilations.Generate(WithRuntime(
        """
        [TransformerModel]
        public sealed partial class Broken([Config("hidden_size")] int hidden)
        {
            private readonly Linear linear = new(hidden, hidden);

            public Tokens Forward(TokenIds ids)
            {
                while (hidden > 0) { }
                return (Tokens)null!;
            }
        }
        """,
        """
        using KernelForge.Runtime;

        public static class Uses
        {
            public static Matrix All(string folder, int[][] ids)
            {
                using var model = Broken.Load(folder, Device.Cpu());
                using var batch = RaggedBatch.Pack(ids);
                RaggedMatrix hidden = model.Run(batch);
                model.Run(batch, hidden);
                Console.WriteLine(model.Device);
                return hidden.MeanPool();
            }
        }
        """)));

    [Fact]
    public void Names_that_are_keywords_types_within_types_and_enums_are_written_as_they_must_be() =>
        Compilations.AssertCompiles(Compilations.Generate(WithRuntime("""
        namespace Some.Space;

        internal static partial class Outer
        {
            public enum Mode { Plain, Doubled }

            public partial record struct Middle
            {
                [TransformerLayer]
                internal sealed partial class Inner(int @base, Mode mode, float? @float = null)
                {
                    [Weight("class")] private readonly Linear @class = new(@base, @base);

                    public Tokens Forward(Tokens @event) => mode == Mode.Doubled ? @class[@event] * 2 : @class[@event] * (@float ?? 1);
                }
            }
        }
        """)));

    [Fact]
    public void All_descriptions_take_a_warm_driver_little_time()
    {
        string models = Path.Combine(Data.RepositoryRoot, "src", "KernelForge.Models");
        string[] sources =
        [
            .. Directory.GetFiles(models, "*.cs").Order(StringComparer.Ordinal).Select(File.ReadAllText),
            .. RuleDocument.Sections.SelectMany(s => s.Examples["passes"].Select((text, i) => $"namespace {s.Id}_{i}\n{{\n{text}\n}}")),
        ];
        CSharpCompilation compilation = WithRuntime(sources);
        Compilations.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken);

        var watch = Stopwatch.StartNew();
        GeneratorDriver driver = Compilations.Driver().RunGenerators(compilation.Clone(), TestContext.Current.CancellationToken);
        TimeSpan all = watch.Elapsed;
        TimeSpan edit = Enumerable.Range(0, 5).Min(i =>
        {
            SyntaxTree elsewhere = Compilations.Tree($"class Elsewhere{i};", "Elsewhere.cs");
            watch.Restart();
            driver = driver.RunGenerators(compilation.AddSyntaxTrees(elsewhere), TestContext.Current.CancellationToken);
            return watch.Elapsed;
        });
        int files = driver.GetRunResult().GeneratedTrees.Length;
        output.WriteLine($"{sources.Length} sources to {files} files: {all.TotalMilliseconds:F0} ms in a warm driver");
        output.WriteLine($"an edit elsewhere: {edit.TotalMilliseconds:F0} ms");

        Assert.True(files > 2 * sources.Length);
        Assert.True(all < TimeSpan.FromSeconds(20), $"{all} for {sources.Length} sources");
    }

    private static CSharpCompilation WithRuntime(params string[] sources) =>
        Compilations.Create("User", sources, [Compilations.Language, Compilations.Runtime]);

    private static IEnumerable<string> Generated(CSharpCompilation compilation) => Compilations.Driver()
        .RunGenerators(compilation, TestContext.Current.CancellationToken).GetRunResult().GeneratedTrees
        .Select(tree => Path.GetFileName(tree.FilePath)).Order(StringComparer.Ordinal);
}
