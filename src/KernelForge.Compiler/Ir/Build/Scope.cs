namespace KernelForge.Compiler.Ir.Build;

/// <summary>Names at a point of a method: its layer and its locals. Branches work on copies.</summary>
internal sealed class Scope(LayerInstance? layer, IEnumerable<KeyValuePair<string, Val>> locals)
{
    public LayerInstance? Layer { get; } = layer;

    public Dictionary<string, Val> Locals { get; } = locals.ToDictionary(l => l.Key, l => l.Value, StringComparer.Ordinal);

    public Scope Copy() => new(Layer, Locals);
}
