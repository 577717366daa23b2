using KernelForge.Compiler.BackEnds;
using KernelForge.Compiler.BackEnds.Cpu;
using KernelForge.Compiler.BackEnds.Cuda;
using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Build;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Kernels.Lowering;
using KernelForge.Compiler.Passes;
using KernelForge.Compiler.Scheduler;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler;

/// <summary>The way of a layer through the compiler. Each stage reads only the one before it.</summary>
public static class Pipeline
{
    /// <summary>What happens to a graph, in this order; the verifier runs after each.</summary>
    private static readonly IPass[] Passes =
    [
        new RemoveUnused(),
        new InlineMaps(),
        new FuseEpilogues(),
        new MergeGemms(),
        new NameValues(),
    ];

    /// <summary>The devices that code is written for, in the order in which <c>Device.Auto</c> prefers them.</summary>
    private static readonly IBackEnd[] BackEnds =
    [
        new CudaBackEnd(),
        new CpuBackEnd(),
    ];

    /// <summary>The types of the runtime, by their names in metadata, each of which stands for a device that code can be written for.</summary>
    public static IReadOnlyList<string> ProgramTypes { get; } = [.. BackEnds.Select(b => b.ProgramType)];

    /// <summary>The generated files of a layer, or what is wrong with it.</summary>
    public static CompilationResult Compile(CompilationUnit unit)
    {
        EquatableArray<Finding> findings = Check(unit);
        IBackEnd[] backEnds = [.. BackEnds.Where(b => unit.ProgramTypes.Contains(b.ProgramType))];
        if (findings.Any(f => f.Rule.Severity == Severity.Error) || backEnds.Length == 0) return new CompilationResult([], findings);
        if (findings.Any(f => f.Rule == Rules.WidthOfItsUse))
            return new CompilationResult([new GeneratedFile(HostPart.HintName(unit.Root), UnloadedPart.Write(unit.Root))], findings);
        KernelPlan plan = Plan(unit);
        var host = new GeneratedFile(HostPart.HintName(unit.Root), HostPart.Write(unit.Root, plan, backEnds));
        return new CompilationResult(backEnds.Select(b => b.Write(unit.Root, plan)).Prepend(host).ToEquatableArray(), findings);
    }

    /// <summary>Whether the description is one, without computing anything from it: what an editor asks at every key.</summary>
    public static EquatableArray<Finding> Check(CompilationUnit unit)
    {
        try
        {
            Graph graph = GraphBuilder.Build(unit);
            return BackEnds.Where(b => unit.ProgramTypes.Contains(b.ProgramType)).SelectMany(b => b.Notes(graph.Layer)).Concat(graph.Notes).ToEquatableArray();
        }
        catch (CompileException e)
        {
            return [e.Finding];
        }
    }

    /// <summary>The plan of a layer that breaks no rule.</summary>
    public static KernelPlan Plan(CompilationUnit unit) => Plan(Graphs(unit).Last().Graph);

    /// <summary>The plan of a graph that has passed every pass.</summary>
    public static KernelPlan Plan(Graph graph) => MemoryPlanner.Plan(graph, Lowerer.Lower(graph));

    /// <summary>The graph of a layer that breaks no rule, as it was built and after each pass.</summary>
    public static IEnumerable<(string After, Graph Graph)> Graphs(CompilationUnit unit)
    {
        Graph graph = GraphBuilder.Build(unit);
        yield return Verified("building", graph);
        foreach (IPass pass in Passes)
        {
            graph = pass.Run(graph);
            yield return Verified(pass.Name, graph);
        }
    }

    private static (string After, Graph Graph) Verified(string after, Graph graph)
    {
        Verifier.Check(graph, after);
        return (after, graph);
    }
}
