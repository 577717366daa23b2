using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;
using KernelForge.Generator.FrontEnd;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelForge.Generator.Tests.FrontEnd;

/// <summary>Reads one layer of a source.</summary>
internal static class Read
{
    public static Reading<ParsedLayer> Reading(string name, params string[] sources)
    {
        CSharpCompilation compilation = Compilations.Of(sources);
        return Of(compilation, name, withSpans: true);
    }

    /// <summary>The specification without spans, of a layer that has no findings.</summary>
    public static LayerSpec Layer(string name, params string[] sources)
    {
        CSharpCompilation compilation = Compilations.Of(sources);
        Reading<ParsedLayer> reading = Of(compilation, name, withSpans: false);
        Assert.Empty(reading.Findings.Select(f => f.Message));
        Assert.False(reading.Parsed.IsBroken, "C# itself has an error: " + Compilations.Complaints(compilation));
        return reading.Parsed.Spec;
    }

    private static Reading<ParsedLayer> Of(CSharpCompilation compilation, string name, bool withSpans) =>
        LayerReader.Read(compilation.GetTypeByMetadataName(name)!, compilation, withSpans, TestContext.Current.CancellationToken)!;
}
