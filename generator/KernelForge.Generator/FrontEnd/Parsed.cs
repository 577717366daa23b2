using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;

namespace KernelForge.Generator.FrontEnd;

/// <summary>A layer as it was read from source: a value, so that an edit elsewhere gives an equal one.</summary>
/// <param name="IsBroken">Whether it has errors, of the language or of C#, so that it cannot be compiled.</param>
/// <param name="CanReopen">Whether a generated part can be added to the class at all.</param>
/// <param name="TakenNames">Names of its members that the generated part would use.</param>
/// <param name="StoredLayers">What it reaches in referenced assemblies.</param>
internal sealed record ParsedLayer(
    LayerSpec Spec, bool IsBroken, bool CanReopen, EquatableArray<string> TakenNames, EquatableArray<LayerSpec> StoredLayers,
    EquatableArray<FunctionSpec> StoredFunctions);

/// <summary>A layer function as it was read from source, with the class that it stands in.</summary>
internal sealed record ParsedFunction(
    FunctionSpec Spec, bool IsBroken, bool CanReopen, string ClassId, string Namespace, EquatableArray<string> Declarations,
    EquatableArray<FunctionSpec> StoredFunctions);

/// <summary>What reading a declaration gave: the value, its findings with their places, and the symbols that it refers to.</summary>
internal sealed record Reading<T>(
    T Parsed,
    IReadOnlyList<Finding> Findings,
    SpanMap Spans,
    IReadOnlyCollection<INamedTypeSymbol> Layers,
    IReadOnlyCollection<IMethodSymbol> Functions)
{
    public static Reading<T> Of(T parsed, ParseContext context, SpanMap spans) =>
        new(parsed, context.Findings, spans, context.Layers.Keys, context.Functions.Keys);
}
