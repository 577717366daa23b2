using System.Collections.Immutable;
using System.Text;
using KernelForge.Compiler;
using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Scheduler;
using KernelForge.Compiler.Spec;
using KernelForge.Generator.Diagnostics;
using KernelForge.Generator.FrontEnd;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace KernelForge.Generator;

/// <summary>
/// Classes and functions to specifications; each layer with all that it reaches to a compilation unit; each unit to generated files.
/// Every arrow's result is a value, so that the next one runs only where that value changed.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class LayerGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ParsedLayer> layers = Layers(context, Known.LayerAttribute);
        IncrementalValuesProvider<ParsedLayer> models = Layers(context, Known.ModelAttribute);
        IncrementalValuesProvider<ParsedFunction> functions = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                Known.FunctionAttribute,
                static (node, _) => node is MethodDeclarationSyntax,
                static (found, cancellation) => FunctionReader.Read(
                    (IMethodSymbol)found.TargetSymbol, found.SemanticModel.Compilation, withSpans: false, cancellation)?.Parsed)
            .Where(static f => f is not null).Select(static (f, _) => f!)
            .WithTrackingName(StepNames.ReadFunction);

        IncrementalValueProvider<SpecTable> table = layers.Collect().Combine(models.Collect()).Combine(functions.Collect())
            .Select(static (all, _) => new SpecTable([.. all.Left.Left, .. all.Left.Right], all.Right.ToEquatableArray()));
        IncrementalValueProvider<EquatableArray<string>> programTypes = context.CompilationProvider.Select(static (compilation, _) =>
            Pipeline.ProgramTypes.Where(type => compilation.GetTypeByMetadataName(type) is not null).ToEquatableArray());

        foreach (IncrementalValuesProvider<ParsedLayer> some in (IncrementalValuesProvider<ParsedLayer>[])[layers, models])
        {
            IncrementalValuesProvider<LayerToCompile> units = some.Combine(table).Combine(programTypes)
                .Where(static item => item.Left.Left.CanReopen)
                .Select(static (item, _) => UnitOf(item.Left.Left, item.Left.Right, item.Right))
                .WithTrackingName(StepNames.Unit);
            Describe(context, units);
            Compile(context, units);
        }
        context.RegisterSourceOutput(functions.Collect().SelectMany(static (all, _) => Classes(all)), static (output, functions) =>
            Add(output, DescriptionPart.HintName(functions), DescriptionPart.Write(functions)));
    }

    private static IncrementalValuesProvider<ParsedLayer> Layers(IncrementalGeneratorInitializationContext context, string attribute) =>
        context.SyntaxProvider
            .ForAttributeWithMetadataName(
                attribute,
                static (node, _) => node is TypeDeclarationSyntax,
                static (found, cancellation) => LayerReader.Read(
                    (INamedTypeSymbol)found.TargetSymbol, found.SemanticModel.Compilation, withSpans: false, cancellation)?.Parsed)
            .Where(static l => l is not null).Select(static (l, _) => l!)
            .WithTrackingName(StepNames.ReadLayer);

    private static LayerToCompile UnitOf(ParsedLayer layer, SpecTable table, EquatableArray<string> programTypes) =>
        new(layer.Spec, table.UnitOf(layer, programTypes), layer.TakenNames, HasRuntime: programTypes.Count > 0);

    private static void Describe(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<LayerToCompile> units) =>
        context.RegisterSourceOutput(
            units.Select(static (unit, _) => (unit.Layer, IsWhole: unit.Unit is not null)),
            static (output, described) =>
                Add(output, DescriptionPart.HintName(described.Layer), DescriptionPart.Write(described.Layer, described.IsWhole)));

    private static void Compile(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<LayerToCompile> units)
    {
        IncrementalValuesProvider<CompiledLayer> compiled = units
            .Where(static unit => unit.HasRuntime)
            .Select(static (unit, cancellation) => CompiledLayer.Of(unit, cancellation))
            .WithTrackingName(StepNames.Compile);

        context.RegisterSourceOutput(compiled, static (output, layer) =>
        {
            foreach (GeneratedFile file in layer.Files) Add(output, file.HintName, file.Text);
            if (layer.Failure is { } failure)
                output.ReportDiagnostic(Diagnostic.Create(Descriptors.Of(Rules.CompilerFailed), location: null, failure));
        });
    }

    private static IEnumerable<FunctionClass> Classes(ImmutableArray<ParsedFunction> functions) => functions
        .Where(f => f is { CanReopen: true, IsBroken: false })
        .GroupBy(f => f.ClassId, StringComparer.Ordinal)
        .OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => new FunctionClass(g.Key, g.First().Namespace, g.First().Declarations, g.Select(f => f.Spec).ToEquatableArray()));

    private static void Add(SourceProductionContext output, string hintName, string text) =>
        output.AddSource(hintName, SourceText.From(text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));
}
