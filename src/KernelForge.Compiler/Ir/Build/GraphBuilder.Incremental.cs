using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Ir.Incremental;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>Whether a layer that is to be run row after row can be.</summary>
internal sealed partial class GraphBuilder
{
    /// <summary>For each value of an incremental layer, the expression that made it: where to report what is wrong with it.</summary>
    private readonly List<Finding> origins = [];

    /// <summary>The expression that is being followed.</summary>
    private Expr? evaluated;

    private void RequireIncremental(Graph graph)
    {
        if (unit.Root.Incremental is not { } name) return;
        MethodSpec entry = unit.Root.Entry!;
        if (name.Length == 0 && inputs.Select(i => i.RowSpace).Distinct().Count() > 1)
            throw Fail(Rules.NotIncremental, unit.Root.Span, $"'{unit.Root.Name}' takes several batches; name the one whose rows go on: [Incremental(\"{inputs[inputs.Count - 1].Name}\")]");
        if (Continuation.Of(graph) is not { } continuation)
            throw Fail(Rules.NotIncremental, unit.Root.Span, $"'{entry.Name}' has no parameter '{name}' whose rows could go on");
        foreach ((int value, string why) in continuation.Faults()) throw new CompileException(origins[value] with { Message = why });
    }
}
