using KernelForge.Compiler.Spec;
using KernelForge.Generator.Tests.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelForge.Generator.Tests.Generation;

/// <summary>Layers and functions that a project has as a binary alone, where no method body is seen.</summary>
public sealed class BinaryReferenceTests
{
    private const string Library = """
        namespace Library;

        public static partial class Functions
        {
            [LayerFunction]
            public static Tokens Smooth(Tokens x, double slope = 2) => Bounded(x * slope);

            [LayerFunction]
            private static Tokens Bounded(Tokens x) => x / (1 + Abs(x));
        }

        public static partial class Blocks
        {
            [TransformerLayer]
            internal sealed partial class Part(int width)
            {
                private readonly Linear linear = new(width, width);

                public Tokens Forward(Tokens x) => Functions.Smooth(linear[x]);
            }

            [TransformerLayer]
            public sealed partial class Block(int width)
            {
                private readonly Part part = new(width);
                private readonly RmsNorm norm = new(width);

                public Tokens Forward(Tokens x) => x + part.Forward(norm[x]);
            }
        }
        """;

    private const string User = """
        using Library;

        namespace User;

        [TransformerLayer]
        public sealed partial class Stack(int width, int depth)
        {
            private readonly Layers<Blocks.Block> blocks = new(depth, () => new Blocks.Block(width));

            public Tokens Forward(Tokens x)
            {
                foreach (Blocks.Block block in blocks) x = block.Forward(x);
                return Functions.Smooth(x, slope: 3);
            }
        }
        """;

    [Fact]
    public async Task A_layer_is_compiled_against_a_library_of_which_only_the_image_is_there()
    {
        CSharpCompilation user = Compilations.Create("User", [User], [Compilations.Language, Compilations.Runtime, LibraryImage()]);
        CompilationUnit unit = UnitOf(user);

        Assert.Equal(["KernelForge.RmsNorm", "Library.Blocks.Block", "Library.Blocks.Part"], unit.Layers.Select(l => l.Id));
        Assert.Equal(
            ["KernelForge.Ops.Rsqrt(Tokens)", "Library.Functions.Bounded(Tokens)", "Library.Functions.Smooth(Tokens, double)"],
            unit.Functions.Select(f => f.Id));
        Assert.Empty(await Analysis.Of(user));
        Compilations.AssertCompiles(Compilations.Generate(user));
    }

    [Fact]
    public async Task A_library_that_was_built_without_the_generator_is_named_and_nothing_else_fails()
    {
        const string Bare = """
            namespace Bare;

            [TransformerLayer]
            public sealed class Block(int width)
            {
                private readonly Linear linear = new(width, width);
                public Tokens Forward(Tokens x) => linear[x];
            }
            """;
        MetadataReference image = Compilations.Image(Compilations.Create("Bare", [Bare], [Compilations.Language]));
        CSharpCompilation user = Compilations.Create("User", [User.Replace("Library", "Bare", StringComparison.Ordinal)
            .Replace("Blocks.", "", StringComparison.Ordinal).Replace("Functions.Smooth(x, slope: 3)", "x", StringComparison.Ordinal)],
            [Compilations.Language, Compilations.Runtime, image]);

        Diagnostic found = Assert.Single(await Analysis.Of(user));
        Assert.Equal("KF0011", found.Id);
        Assert.Equal(
            "'Bare.Block' in 'Bare' has no stored specification; build that project with the KernelForge generator "
            + "(reference the KernelForge package there)", found.GetMessage(null));
        Compilations.AssertCompiles(Compilations.Generate(user));
    }

    [Theory]
    [InlineData("public", null)]
    [InlineData("internal", "'Library.Sized' in 'Library' calls 'Library.Tools.Half', which cannot be called from 'User': "
        + "make it public there, or mark it [LayerFunction]")]
    public async Task What_the_host_runs_of_a_library_is_public(string access, string? message)
    {
        string library = $$"""
            namespace Library;

            {{access}} static class Tools
            {
                public static int Half(int n) => n / 2;
            }

            [TransformerLayer]
            public sealed partial class Sized(int width)
            {
                private readonly int half = Tools.Half(width);
                private readonly Linear linear = new(width, width);

                public Tokens Forward(Tokens x) => linear[x] * half;
            }
            """;
        const string Holder = """
            [TransformerLayer]
            public sealed partial class Holder(int width)
            {
                private readonly Library.Sized sized = new(width);

                public Tokens Forward(Tokens x) => sized.Forward(x);
            }
            """;
        CSharpCompilation generated = Compilations.Generate(Compilations.Create("Library", [library], [Compilations.Language]));
        MetadataReference image = Compilations.Image(generated);
        CSharpCompilation user = Compilations.Create("User", [Holder], [Compilations.Language, Compilations.Runtime, image]);

        Assert.Equal(message is null ? [] : [message], (await Analysis.Of(user)).Select(d => d.GetMessage(null)));
        Compilations.AssertCompiles(Compilations.Generate(user));
    }

    [Fact]
    public void The_image_says_the_same_as_the_source()
    {
        CompilationUnit binary = UnitOf(Compilations.Create("User", [User], [Compilations.Language, Compilations.Runtime, LibraryImage()]));
        CompilationUnit source = UnitOf(Compilations.Create("User", [User, Library], [Compilations.Language, Compilations.Runtime]));
        Assert.Equal(source, binary);
    }

    [Fact]
    public void A_generated_library_compiles_without_a_warning() =>
        Compilations.AssertCompiles(Compilations.Generate(Compilations.Of(Library)));

    private static MetadataReference LibraryImage() =>
        Compilations.Image(Compilations.Generate(Compilations.Create("Library", [Library], [Compilations.Language])));

    private static CompilationUnit UnitOf(CSharpCompilation compilation)
    {
        GeneratorDriver driver = Compilations.Driver(track: true).RunGenerators(compilation, TestContext.Current.CancellationToken);
        return driver.GetRunResult().Results.Single().TrackedSteps[StepNames.Unit]
            .SelectMany(s => s.Outputs).Select(o => (LayerToCompile)o.Value).Single(layer => layer.Layer.Id == "User.Stack").Unit!;
    }
}
