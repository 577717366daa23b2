using System.Collections.Immutable;
using KernelForge.Generator;
using KernelForge.Generator.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelForge.Fuzzer.Compiling;

/// <summary>Compilations as a user's project gives them to the compiler: implicit usings, the language, the generator and its
/// analyzers.</summary>
internal static class Roslyn
{
    private const string Usings = """
        global using System;
        global using KernelForge;
        global using static KernelForge.Ops;
        """;

    private static readonly CSharpParseOptions ParseOptions = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest);

    private static readonly ImmutableArray<MetadataReference> OnCpu = References("KernelForge.Runtime.Cuda", "KernelForge.Emulation");

    private static readonly ImmutableArray<MetadataReference> OnGpu = References();

    /// <summary>The compilation with what the generator adds to it, and the generator's result.</summary>
    public static (Compilation Compilation, GeneratorDriverRunResult Generated) Generate(
        string name, IEnumerable<(string Path, string Text)> sources, bool withCuda)
    {
        var compilation = CSharpCompilation.Create(
            name,
            [Tree("Usings.cs", Usings), .. sources.Select(source => Tree(source.Path, source.Text))],
            withCuda ? OnGpu : OnCpu,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release,
                    nullableContextOptions: NullableContextOptions.Enable,
                concurrentBuild: true));
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new LayerGenerator().AsSourceGenerator()], parseOptions: ParseOptions,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true))
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation result, out _);
        return (result, driver.GetRunResult());
    }

    /// <summary>What the analyzers report; an analyzer that throws is reported as AD0001 by the compiler.</summary>
    public static ImmutableArray<Diagnostic> Analyze(Compilation compilation) => compilation
        .WithAnalyzers([new LayerAnalyzer(), new ForwardCallAnalyzer()])
        .GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();

    private static SyntaxTree Tree(string path, string text) => CSharpSyntaxTree.ParseText(text, ParseOptions, path);

    private static ImmutableArray<MetadataReference> References(params string[] without) =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var file
                && (IsFramework(file) || IsOurs(Path.GetFileNameWithoutExtension(file), without)))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private static bool IsFramework(string file) =>
        file.StartsWith("System.", StringComparison.Ordinal) || file is "mscorlib.dll" or "netstandard.dll" or "System.dll";

    private static bool IsOurs(string name, string[] without) =>
        name is "KernelForge" or "KernelForge.Runtime" or "KernelForge.Runtime.Cuda" or "KernelForge.Emulation" && !without.Contains(name);
}
