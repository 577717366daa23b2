using System.Collections.Immutable;
using KernelForge.Compiler.Diagnostics;
using Microsoft.CodeAnalysis;

namespace KernelForge.Generator.Diagnostics;

/// <summary>The compiler's rules as Roslyn knows them.</summary>
internal static class Descriptors
{
    private const string Category = "KernelForge";

    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> ById =
        Rules.All.ToImmutableDictionary(rule => rule.Id, Describe);

    public static ImmutableArray<DiagnosticDescriptor> All { get; } = [.. Rules.All.Select(Of)];

    public static DiagnosticDescriptor Of(Rule rule) => ById[rule.Id];

    private static DiagnosticDescriptor Describe(Rule rule) => new(
        rule.Id,
        rule.Title,
        "{0}",
        Category,
        rule.Severity switch
        {
            Severity.Info => DiagnosticSeverity.Info,
            Severity.Warning => DiagnosticSeverity.Warning,
            _ => DiagnosticSeverity.Error,
        },
        isEnabledByDefault: true,
        // A layer with an error has no compiled code: silence would only move it to where the code is missing.
        customTags: rule.Severity == Severity.Error ? [WellKnownDiagnosticTags.NotConfigurable] : []);
}
