using System.Runtime.CompilerServices;
using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;

namespace KernelForge.Generator.FrontEnd;

/// <summary>Layers and functions of referenced assemblies, from the attributes that the generator wrote when those were built.</summary>
internal sealed class StoredSpecifications(Compilation compilation)
{
    // Symbols of an assembly outlive edits of the project that references it, so that its text is read once.
    private static readonly ConditionalWeakTable<ISymbol, Dictionary<string, object>> Cache = new();

    private readonly SortedDictionary<string, LayerSpec> layers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, FunctionSpec> functions = new(StringComparer.Ordinal);

    public EquatableArray<LayerSpec> Layers => layers.Values.ToEquatableArray();

    public EquatableArray<FunctionSpec> Functions => functions.Values.ToEquatableArray();

    /// <summary>Adds a layer and all that it reaches; does nothing for a layer of this project.</summary>
    /// <exception cref="FormatException">
    /// There is no specification that this compiler can read, or it calls what this project cannot; the message says what.
    /// </exception>
    public void Add(INamedTypeSymbol layer)
    {
        if (IsOwn(layer) || layers.ContainsKey(Known.FullName(layer))) return;
        LayerSpec spec = SpecificationOf(layer);
        CheckHostCalls(spec.Id, CallWalk.Calls(spec, CallTarget.Host), layer.ContainingAssembly);
        layers.Add(spec.Id, spec);
        foreach (string id in References.Layers(spec)) Add(FindType(id) ?? throw Missing(id, layer.ContainingAssembly));
        foreach (string id in References.Functions(spec)) Add(id, layer.ContainingAssembly);
    }

    /// <summary>Adds a function and all that it calls; does nothing for a function of this project.</summary>
    /// <exception cref="FormatException">As <see cref="Add(INamedTypeSymbol)"/>.</exception>
    public void Add(IMethodSymbol function)
    {
        if (!IsOwn(function)) Add(Known.FunctionId(function), function.ContainingAssembly);
    }

    private void Add(string id, IAssemblySymbol calledFrom)
    {
        if (functions.ContainsKey(id)) return;
        string type = id.Substring(0, id.Substring(0, id.IndexOf('(')).LastIndexOf('.'));
        INamedTypeSymbol container = FindType(type) ?? throw Missing(id, calledFrom);
        FunctionSpec spec = SpecificationOf(container, id);
        CheckHostCalls(id, CallWalk.Calls(spec.Body, CallTarget.Host), container.ContainingAssembly);
        functions.Add(id, spec);
        foreach (string called in References.Functions(spec)) Add(called, calledFrom);
    }

    /// <summary>What the host runs is called from code that is generated here.</summary>
    private void CheckHostCalls(string owner, IEnumerable<CallExpr> calls, IAssemblySymbol assembly)
    {
        foreach (CallExpr call in calls)
        {
            string[] path = [.. call.Name.Substring("global::".Length).Split('.').Select(part => part.TrimStart('@'))];
            INamedTypeSymbol? type = FindType(string.Join(".", path.Take(path.Length - 1)));
            IEnumerable<IMethodSymbol> methods = type?.GetMembers(path[path.Length - 1]).OfType<IMethodSymbol>() ?? [];
            bool isReachable = methods.Any(method =>
                method.Parameters.Length == call.Arguments.Count && compilation.IsSymbolAccessibleWithin(method, compilation.Assembly));
            if (!isReachable)
                throw new FormatException(
                    $"'{owner}' in '{assembly.Name}' calls '{string.Join(".", path)}', which cannot be called from "
                    + $"'{compilation.AssemblyName}': make it public there, or mark it [LayerFunction]");
        }
    }

    private bool IsOwn(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, compilation.Assembly);

    private static LayerSpec SpecificationOf(INamedTypeSymbol layer) => (LayerSpec)Cached(layer, "", () =>
        Known.Attribute(layer, "StoredSpecificationAttribute")?.ConstructorArguments is [{ Value: string text }]
            ? SpecText.ReadLayer(text)
            : throw Missing(Known.FullName(layer), layer.ContainingAssembly));

    private static FunctionSpec SpecificationOf(INamedTypeSymbol container, string id) => (FunctionSpec)Cached(container, id, () =>
        container.GetAttributes().Where(a => Known.IsLanguage(a.AttributeClass, "StoredFunctionAttribute"))
            .Select(a => a.ConstructorArguments is [{ Value: string key }, { Value: string text }] && key == id ? text : null)
            .FirstOrDefault(text => text is not null) is { } found
            ? SpecText.ReadFunction(found)
            : throw Missing(id, container.ContainingAssembly));

    private static object Cached(ISymbol symbol, string key, Func<object> read)
    {
        Dictionary<string, object> known = Cache.GetOrCreateValue(symbol);
        lock (known)
        {
            if (!known.TryGetValue(key, out object? value)) known.Add(key, value = read());
            return value;
        }
    }

    /// <summary>A type by its dotted full name, wherever it is defined.</summary>
    private INamedTypeSymbol? FindType(string id)
    {
        INamespaceOrTypeSymbol? current = compilation.GlobalNamespace;
        foreach (string part in id.Split('.'))
        {
            current = current?.GetMembers(part).OfType<INamespaceOrTypeSymbol>()
                .FirstOrDefault(member => member is not INamedTypeSymbol { Arity: > 0 });
        }
        return current as INamedTypeSymbol;
    }

    private static FormatException Missing(string id, IAssemblySymbol assembly) =>
        new($"'{id}' in '{assembly.Name}' has no stored specification; build that project with the KernelForge generator "
            + "(reference the KernelForge package there)");
}
