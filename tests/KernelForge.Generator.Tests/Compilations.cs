using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelForge.Generator.Tests;

/// <summary>Compilations as a user's project gives them to the compiler: implicit usings, the language, and the generator.</summary>
internal static class Compilations
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using KernelForge;
        global using static KernelForge.Ops;
        """;

    private static readonly string FrameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private static readonly ImmutableArray<MetadataReference> Framework =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == FrameworkFolder)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static MetadataReference Language { get; } = MetadataReference.CreateFromFile(typeof(Tokens).Assembly.Location);

    public static MetadataReference Runtime { get; } = MetadataReference.CreateFromFile(typeof(Runtime.Matrix).Assembly.Location);

    public static CSharpParseOptions ParseOptions { get; } = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest);

    /// <summary>A library that uses the language alone.</summary>
    public static CSharpCompilation Of(params string[] sources) => Create("User", sources, [Language]);

    public static CSharpCompilation Create(
        string name, IReadOnlyList<string> sources, IReadOnlyList<MetadataReference> references) => CSharpCompilation.Create(
            name,
            [Tree(Usings, "Usings.cs"), .. sources.Select((source, i) => Tree(source, $"Source{i}.cs"))],
            [.. Framework, .. references],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    public static SyntaxTree Tree(string source, string path) => CSharpSyntaxTree.ParseText(source, ParseOptions, path);

    public static GeneratorDriver Driver(bool track = false) => CSharpGeneratorDriver.Create(
        [new LayerGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: track));

    /// <summary>The compilation with what the generator adds; fails where the generator itself does.</summary>
    public static CSharpCompilation Generate(CSharpCompilation compilation)
    {
        Driver().RunGeneratorsAndUpdateCompilation(
            compilation, out Compilation result, out ImmutableArray<Diagnostic> diagnostics, TestContext.Current.CancellationToken);
        Assert.Empty(diagnostics);
        return (CSharpCompilation)result;
    }

    /// <summary>Warnings and errors of C# itself, a line each.</summary>
    public static string Complaints(Compilation compilation) => string.Join(
        '\n',
        compilation.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString()));

    /// <summary>Fails with all that C# complains of.</summary>
    public static void AssertCompiles(CSharpCompilation compilation) => Assert.True(Complaints(compilation) is "", Complaints(compilation));

    /// <summary>The compilation as a binary that another one references.</summary>
    public static MetadataReference Image(Compilation compilation)
    {
        using var image = new MemoryStream();
        var result = compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
