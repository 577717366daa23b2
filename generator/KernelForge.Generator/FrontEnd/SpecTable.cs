using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;

namespace KernelForge.Generator.FrontEnd;

/// <summary>Every layer and function of the project, from which each layer takes what it reaches.</summary>
internal sealed record SpecTable(EquatableArray<ParsedLayer> Layers, EquatableArray<ParsedFunction> Functions)
{
    /// <summary>The layer with all that it reaches, or null where something of that cannot be compiled or leads back to itself.</summary>
    public CompilationUnit? UnitOf(ParsedLayer root, bool hasRuntime)
    {
        var reach = new Reach(this, root);
        return reach.IsWhole && !root.IsBroken ? new CompilationUnit(root.Spec, reach.Layers, reach.Functions, hasRuntime) : null;
    }

    /// <summary>The fields of a layer through which it would contain itself.</summary>
    public IEnumerable<Finding> Recursions(LayerSpec layer)
    {
        Dictionary<string, LayerSpec> known = Layers.Select(l => l.Spec).Where(l => l.Id != layer.Id).GroupBy(l => l.Id).ToDictionary(g => g.Key, g => g.First());
        foreach (FieldSpec field in layer.Fields)
        {
            string? inner = field switch { LayerField one => one.LayerId, LayersField many => many.LayerId, _ => null };
            if (inner is not null && Graph.Reaches(inner, layer.Id, id => known.TryGetValue(id, out LayerSpec? next) ? References.Layers(next) : []))
                yield return new Finding(Rules.Recursion, layer.Id, field.Span, $"'{layer.Name}' would contain itself through '{field.Name}' without end");
        }
    }

    /// <summary>Whether a function would call itself.</summary>
    public IEnumerable<Finding> Recursions(FunctionSpec function)
    {
        Dictionary<string, FunctionSpec> known = Functions.Select(f => f.Spec).GroupBy(f => f.Id).ToDictionary(g => g.Key, g => g.First());
        bool recursive = References.Functions(function)
            .Any(called => Graph.Reaches(called, function.Id, id => known.TryGetValue(id, out FunctionSpec? next) ? References.Functions(next) : []));
        if (recursive)
            yield return new Finding(Rules.Recursion, function.Id, function.Span, $"'{function.Name}' calls itself, directly or through another function; its body cannot be put at a call");
    }
}
