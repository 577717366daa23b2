using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using KernelForge.Compiler.Spec;
using KernelForge.Fuzzer.Running;
using KernelForge.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Emit;

namespace KernelForge.Fuzzer.Compiling;

/// <summary>Compiles many cases at once, each in a namespace of its own; their classes go with this object.</summary>
internal sealed class BatchCompiler : IDisposable
{
    private readonly AssemblyLoadContext context = new("drawn layers", isCollectible: true);

    /// <summary>Compiles all; those that do not compile have a failure and no class.</summary>
    public ImmutableArray<Compiled> Compile(IReadOnlyList<Case> cases, bool withCuda)
    {
        List<Compiled> results = [];
        List<Case> left = [.. cases];
        while (left.Count > 0)
        {
            (Compilation compilation, GeneratorDriverRunResult run) = Roslyn.Generate(
                $"Drawn{Guid.NewGuid():N}", left.Select(one => (one.Namespace + ".cs", one.Text)), withCuda);
            ImmutableArray<Diagnostic> found = [.. run.Diagnostics, .. Roslyn.Analyze(compilation)];
            Diagnostic[] wrong = [.. found.Where(d => d.Severity >= DiagnosticSeverity.Warning), .. CSharpErrors(compilation, found)];
            List<Case> failed = [.. left.Where(one => wrong.Any(d => Concerns(d, one)))];
            bool isNobodys = wrong.Length > 0 && failed.Count == 0;
            if (isNobodys) failed = [.. left];
            results.AddRange(failed
                .Select(one => new Compiled(one, null, FailureOf([.. wrong.Where(d => isNobodys || Concerns(d, one))]), [])));
            left = [.. left.Except(failed)];
            if (failed.Count > 0) continue;
            Assembly assembly = Load(compilation);
            Dictionary<string, CompilationUnit> units = UnitsOf(run);
            results.AddRange(left.Select(one => Of(one, assembly, run, units)));
            break;
        }
        return [.. cases.Select(one => results.First(r => ReferenceEquals(r.Case, one)))];
    }

    public void Dispose() => context.Unload();

    private static Compiled Of(Case one, Assembly assembly, GeneratorDriverRunResult run, Dictionary<string, CompilationUnit> units)
    {
        Type layer = assembly.GetType($"{one.Namespace}.{one.Layer}", throwOnError: true)!;
        ImmutableArray<(string, string)> generated =
        [
            .. run.GeneratedTrees.Where(tree => Path.GetFileName(tree.FilePath).StartsWith(one.Namespace + ".", StringComparison.Ordinal))
                .Select(tree => (Path.GetFileName(tree.FilePath), tree.ToString())),
        ];
        Failure? failure = layer.GetMethods().All(method => method.Name != "Run")
            ? new Failure(FailureKind.Refused, "no Run", "the layer has no Run: the width of an input is not known") : null;
        return new Compiled(one, failure is null ? layer : null, failure, generated) { Unit = units[$"{one.Namespace}.{one.Layer}"] };
    }

    /// <summary>What the compiler was given, by the layers' names.</summary>
    private static Dictionary<string, CompilationUnit> UnitsOf(GeneratorDriverRunResult run) =>
        run.Results.Single().TrackedSteps[StepNames.Unit].SelectMany(step => step.Outputs).Select(output => (LayerToCompile)output.Value)
            .Where(layer => layer.Unit is not null).ToDictionary(layer => layer.Layer.Id, layer => layer.Unit!);

    private Assembly Load(Compilation compilation)
    {
        using var image = new MemoryStream();
        EmitResult result = compilation.Emit(image);
        if (!result.Success) throw new InvalidOperationException($"C# found no error, but emits nothing: {result.Diagnostics[0]}");
        image.Position = 0;
        return context.LoadFromStream(image);
    }

    /// <summary>Where a rule is broken nothing is generated, and C# misses it: that is no error of its own.</summary>
    private static IEnumerable<Diagnostic> CSharpErrors(Compilation compilation, ImmutableArray<Diagnostic> found) =>
        found.Any(f => f.Severity == DiagnosticSeverity.Error) ? [] : compilation.GetDiagnostics()
            .Where(d => d.Severity == DiagnosticSeverity.Error);

    private static bool Concerns(Diagnostic diagnostic, Case one)
    {
        string path = Path.GetFileName(diagnostic.Location.GetLineSpan().Path ?? "");
        return path.StartsWith(one.Namespace + ".", StringComparison.Ordinal)
            || diagnostic.GetMessage().Contains($"'{one.Namespace}.", StringComparison.Ordinal);
    }

    private static Failure FailureOf(Diagnostic[] wrong)
    {
        Diagnostic first = wrong.OrderByDescending(d => d.Severity).First();
        FailureKind kind = first.Id.StartsWith("KF", StringComparison.Ordinal)
            ? first.Id == "KF0000" ? FailureKind.GeneratorFailed : FailureKind.Refused : FailureKind.DoesNotCompile;
        return new Failure(kind, first.Id, string.Join('\n', wrong.Take(4).Select(d => d.ToString())))
        {
            Lines = [.. wrong.Where(d => d.Location.IsInSource).Select(d => d.Location.GetLineSpan().StartLinePosition.Line)],
        };
    }
}
