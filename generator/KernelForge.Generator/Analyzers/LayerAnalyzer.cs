using System.Collections.Immutable;
using KernelForge.Generator.Diagnostics;
using KernelForge.Generator.FrontEnd;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelForge.Generator.Analyzers;

/// <summary>Reports what breaks a rule, where it stands: the generator's own reader with places, then the compiler's check.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Descriptors.All;

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var project = new ProjectCheck(start.Compilation);
            start.RegisterSymbolAction(
                symbol =>
                {
                    if (Known.IsLayer((INamedTypeSymbol)symbol.Symbol))
                        project.Check((INamedTypeSymbol)symbol.Symbol, symbol.ReportDiagnostic, symbol.CancellationToken);
                },
                SymbolKind.NamedType);
            start.RegisterSymbolAction(
                symbol =>
                {
                    if (Known.IsFunction((IMethodSymbol)symbol.Symbol))
                        project.Check((IMethodSymbol)symbol.Symbol, symbol.ReportDiagnostic, symbol.CancellationToken);
                },
                SymbolKind.Method);
        });
    }
}
