using KernelForge.Compiler.Spec;

namespace KernelForge.Generator.FrontEnd;

/// <summary>All that one layer reaches, in the project and in referenced assemblies, each once and in ordinal order.</summary>
internal sealed class Reach
{
    private readonly SortedDictionary<string, LayerSpec> layers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, FunctionSpec> functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LayerSpec> storedLayers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FunctionSpec> storedFunctions = new(StringComparer.Ordinal);
    private readonly ILookup<string, ParsedLayer> ownLayers;
    private readonly ILookup<string, ParsedFunction> ownFunctions;

    public Reach(SpecTable table, ParsedLayer root)
    {
        ownLayers = table.Layers.ToLookup(l => l.Spec.Id);
        ownFunctions = table.Functions.ToLookup(f => f.Spec.Id);
        Learn(root.StoredLayers, root.StoredFunctions);
        Visit(root.Spec);
        // A layer that contains itself has no end; the analyzer says so where it does.
        IsWhole &= !layers.ContainsKey(root.Spec.Id) && !layers.Keys.Any(IsInCycle) && !functions.Keys.Any(IsCalledByItself);
    }

    /// <summary>Whether everything was found and can be compiled.</summary>
    public bool IsWhole { get; private set; } = true;

    public EquatableArray<LayerSpec> Layers => layers.Values.ToEquatableArray();

    public EquatableArray<FunctionSpec> Functions => functions.Values.ToEquatableArray();

    private void Learn(EquatableArray<LayerSpec> someLayers, EquatableArray<FunctionSpec> someFunctions)
    {
        foreach (LayerSpec layer in someLayers) storedLayers[layer.Id] = layer;
        foreach (FunctionSpec function in someFunctions) storedFunctions[function.Id] = function;
    }

    private void Visit(LayerSpec layer)
    {
        foreach (string id in References.Functions(layer)) VisitFunction(id);
        foreach (string id in References.Layers(layer)) VisitLayer(id);
    }

    private void VisitLayer(string id)
    {
        if (layers.ContainsKey(id)) return;
        LayerSpec? found = null;
        if (ownLayers[id].FirstOrDefault() is { } own)
        {
            Learn(own.StoredLayers, own.StoredFunctions);
            if (!own.IsBroken) found = own.Spec;
        }
        else storedLayers.TryGetValue(id, out found);

        if (found is null)
        {
            IsWhole = false;
            return;
        }
        layers.Add(id, found);
        Visit(found);
    }

    private void VisitFunction(string id)
    {
        if (functions.ContainsKey(id)) return;
        FunctionSpec? found = null;
        if (ownFunctions[id].FirstOrDefault() is { } own)
        {
            Learn([], own.StoredFunctions);
            if (!own.IsBroken) found = own.Spec;
        }
        else storedFunctions.TryGetValue(id, out found);

        if (found is null)
        {
            IsWhole = false;
            return;
        }
        functions.Add(id, found);
        foreach (string called in References.Functions(found)) VisitFunction(called);
    }

    private bool IsInCycle(string id) => InnerLayers(id).Any(inner => Graph.Reaches(inner, id, InnerLayers));

    private bool IsCalledByItself(string id) => CalledFunctions(id).Any(called => Graph.Reaches(called, id, CalledFunctions));

    private IEnumerable<string> InnerLayers(string id) => layers.TryGetValue(id, out LayerSpec? layer) ? References.Layers(layer) : [];

    private IEnumerable<string> CalledFunctions(string id) =>
        functions.TryGetValue(id, out FunctionSpec? function) ? References.Functions(function) : [];
}
