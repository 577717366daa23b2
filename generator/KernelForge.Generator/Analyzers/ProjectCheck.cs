using System.Collections.Concurrent;
using KernelForge.Compiler;
using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;
using KernelForge.Generator.Diagnostics;
using KernelForge.Generator.FrontEnd;
using Microsoft.CodeAnalysis;

namespace KernelForge.Generator.Analyzers;

/// <summary>The layers and functions of one compilation, each read once however many others contain it.</summary>
internal sealed class ProjectCheck(Compilation compilation)
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, Reading<ParsedLayer>?> layers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, Reading<ParsedFunction>?> functions = new(SymbolEqualityComparer.Default);

    private readonly EquatableArray<string> programTypes =
        Pipeline.ProgramTypes.Where(type => compilation.GetTypeByMetadataName(type) is not null).ToEquatableArray();

    // A layer that stands in several others is checked with each of them.
    private readonly ConcurrentDictionary<Finding, bool> reported = new();

    public void Check(INamedTypeSymbol type, Action<Diagnostic> report, CancellationToken cancellation)
    {
        if (Read(type, cancellation) is not { } reading) return;
        var reached = new Reached(this, cancellation);
        reached.Add(reading);
        SpecTable table = reached.ToTable();

        List<Finding> findings = [.. reading.Findings, .. table.Recursions(reading.Parsed.Spec)];
        if (table.UnitOf(reading.Parsed, programTypes) is { } unit) findings.AddRange(Pipeline.Check(unit));
        foreach (Finding finding in findings) Report(finding, reading.Spans, reading.Parsed.Spec.Span, reached, report);
    }

    public void Check(IMethodSymbol function, Action<Diagnostic> report, CancellationToken cancellation)
    {
        if (Read(function, cancellation) is not { } reading) return;
        var reached = new Reached(this, cancellation);
        reached.Add(reading);
        foreach (Finding finding in (IEnumerable<Finding>)[.. reading.Findings, .. reached.ToTable().Recursions(reading.Parsed.Spec)])
            Report(finding, reading.Spans, reading.Parsed.Spec.Span, reached, report);
    }

    private void Report(Finding finding, SpanMap own, SourceSpan ownName, Reached reached, Action<Diagnostic> report)
    {
        if (!reported.TryAdd(finding, true)) return;
        Location? location = reached.SpansOf(finding.Owner)?.Locate(finding.Span);
        // What is wrong within a referenced assembly shows at the layer that uses it.
        string message = location is null ? $"within '{finding.Owner}': {finding.Message}" : finding.Message;
        report(Diagnostic.Create(Descriptors.Of(finding.Rule), location ?? own.Locate(ownName), message));
    }

    private Reading<ParsedLayer>? Read(INamedTypeSymbol type, CancellationToken cancellation) =>
        layers.GetOrAdd(type, t => IsOwn(t) ? LayerReader.Read(t, compilation, withSpans: true, cancellation) : null);

    private Reading<ParsedFunction>? Read(IMethodSymbol method, CancellationToken cancellation) =>
        functions.GetOrAdd(method, m => IsOwn(m) ? FunctionReader.Read(m, compilation, withSpans: true, cancellation) : null);

    private bool IsOwn(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, compilation.Assembly);

    /// <summary>Everything of the project that one layer or function leads to.</summary>
    private sealed class Reached(ProjectCheck project, CancellationToken cancellation)
    {
        private readonly Dictionary<string, Reading<ParsedLayer>> layers = new(StringComparer.Ordinal);
        private readonly Dictionary<string, Reading<ParsedFunction>> functions = new(StringComparer.Ordinal);

        public void Add(Reading<ParsedLayer> layer)
        {
            if (layers.ContainsKey(layer.Parsed.Spec.Id)) return;
            layers.Add(layer.Parsed.Spec.Id, layer);
            AddAll(layer.Layers, layer.Functions);
        }

        public void Add(Reading<ParsedFunction> function)
        {
            if (functions.ContainsKey(function.Parsed.Spec.Id)) return;
            functions.Add(function.Parsed.Spec.Id, function);
            AddAll(function.Layers, function.Functions);
        }

        public SpecTable ToTable() => new(
            layers.Values.Select(l => l.Parsed).ToEquatableArray(), functions.Values.Select(f => f.Parsed).ToEquatableArray());

        public SpanMap? SpansOf(string owner) =>
            layers.TryGetValue(owner, out Reading<ParsedLayer>? layer) ? layer.Spans
            : functions.TryGetValue(owner, out Reading<ParsedFunction>? function) ? function.Spans
            : null;

        private void AddAll(IEnumerable<INamedTypeSymbol> someLayers, IEnumerable<IMethodSymbol> someFunctions)
        {
            foreach (INamedTypeSymbol symbol in someLayers)
                if (project.Read(symbol, cancellation) is { } layer) Add(layer);
            foreach (IMethodSymbol symbol in someFunctions)
                if (project.Read(symbol, cancellation) is { } function) Add(function);
        }
    }
}
