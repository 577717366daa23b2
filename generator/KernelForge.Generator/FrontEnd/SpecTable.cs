using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;

namespace KernelForge.Generator.FrontEnd;

/// <summary>Every layer and function of the project, from which each layer takes what it reaches.</summary>
internal sealed record SpecTable(EquatableArray<ParsedLayer> Layers, EquatableArray<ParsedFunction> Functions)
{
    /// <summary>The layer with all that it reaches, or null where something of that cannot be compiled or leads back to itself.</summary>
    /// <param name="programTypes">What the compilation references; see <see cref="CompilationUnit"/>.</param>
    public CompilationUnit? UnitOf(ParsedLayer root, EquatableArray<string> programTypes)
    {
        var reach = new Reach(this, root);
        return reach.IsWhole && !root.IsBroken ? new CompilationUnit(root.Spec, reach.Layers, reach.Functions, programTypes) : null;
    }

    /// <summary>The fields of a layer through which it would contain itself.</summary>
    public IEnumerable<Finding> Recursions(LayerSpec layer)
    {
        ILookup<string, LayerSpec> others = Layers.Select(l => l.Spec).Where(l => l.Id != layer.Id).ToLookup(l => l.Id);
        foreach (FieldSpec field in layer.Fields)
        {
            string? inner = field switch { LayerField one => one.LayerId, LayersField many => many.LayerId, _ => null };
            if (inner is null || !Graph.Reaches(inner, layer.Id, id => others[id].Take(1).SelectMany(References.Layers))) continue;
            string message = $"'{layer.Name}' would contain itself through '{field.Name}' without end";
            yield return new Finding(Rules.Recursion, layer.Id, field.Span, message);
        }
    }

    /// <summary>Whether a function would call itself.</summary>
    public IEnumerable<Finding> Recursions(FunctionSpec function)
    {
        ILookup<string, FunctionSpec> known = Functions.Select(f => f.Spec).ToLookup(f => f.Id);
        bool isRecursive = References.Functions(function)
            .Any(called => Graph.Reaches(called, function.Id, id => known[id].Take(1).SelectMany(References.Functions)));
        if (!isRecursive) yield break;
        string message = $"'{function.Name}' calls itself, directly or through another function; its body cannot be put at a call";
        yield return new Finding(Rules.Recursion, function.Id, function.Span, message);
    }
}
