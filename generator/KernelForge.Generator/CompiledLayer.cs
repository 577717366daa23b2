using KernelForge.Compiler;
using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Scheduler;
using KernelForge.Compiler.Spec;

namespace KernelForge.Generator;

/// <summary>A layer on its way to the compiler.</summary>
/// <param name="Unit">Null where the layer, or something that it reaches, has errors.</param>
/// <param name="TakenNames">Names of its members that the generated part would use; none where there is a unit.</param>
/// <param name="HasRuntime">Whether there is a device to compile it for.</param>
internal sealed record LayerToCompile(LayerSpec Layer, CompilationUnit? Unit, EquatableArray<string> TakenNames, bool HasRuntime);

/// <summary>What the compiler made of a layer.</summary>
/// <param name="Failure">What went wrong in the compiler itself, or null.</param>
internal sealed record CompiledLayer(EquatableArray<GeneratedFile> Files, string? Failure)
{
    public static CompiledLayer Of(LayerToCompile layer, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (layer.Unit is null) return Fallback(layer, failure: null);
        try
        {
            CompilationResult result = Pipeline.Compile(layer.Unit);
            // The analyzer reports the findings where they stand.
            bool hasErrors = result.Findings.Any(f => f.Rule.Severity == Severity.Error);
            return hasErrors ? Fallback(layer, failure: null) : new CompiledLayer(result.Files, Failure: null);
        }
#pragma warning disable CA1031 // Whatever fails in here, the other layers of the project are still compiled.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            string failure = $"'{layer.Layer.Id}' could not be compiled by a fault of the compiler: {e.GetType().Name}: {e.Message}";
            return Fallback(layer, failure);
        }
    }

    private static CompiledLayer Fallback(LayerToCompile layer, string? failure) =>
        new([new GeneratedFile($"{layer.Layer.Id}.g.cs", FallbackPart.Write(layer.Layer, layer.TakenNames))], failure);
}
