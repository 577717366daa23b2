using System.Collections.Immutable;
using KernelForge.Compiler.Diagnostics;
using KernelForge.Generator.Diagnostics;
using KernelForge.Generator.FrontEnd;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace KernelForge.Generator.Analyzers;

/// <summary>Tells who calls the entry of a layer from ordinary code that this runs the slow reference.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForwardCallAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.Of(Rules.ForwardCalled)];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(Check, OperationKind.Invocation, OperationKind.PropertyReference);
    }

    private static void Check(OperationAnalysisContext context)
    {
        ISymbol called = context.Operation is IInvocationOperation call
            ? call.TargetMethod
            : ((IPropertyReferenceOperation)context.Operation).Property;
        if (!Known.IsLayer(called.ContainingType) || !Known.IsEntry(called) || IsDescription(context.ContainingSymbol)) return;

        string layer = called.ContainingType.Name;
        string entry = called is IPropertySymbol ? $"the indexer of '{layer}'" : $"'{layer}.{called.Name}'";
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.Of(Rules.ForwardCalled),
            context.Operation.Syntax.GetLocation(),
            $"{entry} computes the reference, slowly and in double precision; 'Run' of a loaded layer or model is the compiled way"));
    }

    /// <summary>Whether code is itself part of what is compiled.</summary>
    private static bool IsDescription(ISymbol symbol)
    {
        if (symbol is IMethodSymbol method && Known.Attribute(method, "LayerFunctionAttribute") is not null) return true;
        for (INamedTypeSymbol? type = symbol.ContainingType; type is not null; type = type.ContainingType)
            if (Known.IsLayer(type)) return true;
        return false;
    }
}
