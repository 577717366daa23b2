using KernelForge.Generator.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelForge.Generator.Tests.Analyzers;

/// <summary>Runs the analyzers as a build does: over the project with what the generator added.</summary>
internal static class Analysis
{
    public static async Task<IReadOnlyList<Diagnostic>> Of(CSharpCompilation compilation)
    {
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]),
            onAnalyzerException: (e, _, _) => throw new InvalidOperationException("an analyzer threw", e),
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false);
        CompilationWithAnalyzers analysis =
            Compilations.Generate(compilation).WithAnalyzers([new LayerAnalyzer(), new ForwardCallAnalyzer()], options);
        return [.. await analysis.GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken)];
    }
}
