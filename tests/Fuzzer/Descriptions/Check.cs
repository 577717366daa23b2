using System.Collections.Immutable;

namespace KernelForge.Fuzzer.Descriptions;

/// <summary>Whether a changed description is still one: what is read is in scope and of its type, and sizes fit.</summary>
internal static class Check
{
    public static bool Holds(Description description) =>
        description.Constraints.All(constraint => constraint.Holds(description.Values))
        && description.Values.All(value => value.Key.Kind != HyperKind.Count || value.Value >= 0)
        && description.Layers.All(Holds);

    private static bool Holds(Layer layer)
    {
        HashSet<Symbol> scope = [.. layer.Inputs];
        return Holds(layer.Body, scope) && layer.Results.Length > 0 && layer.Results.All(result => Holds(result, scope));
    }

    private static bool Holds(ImmutableArray<Statement> block, HashSet<Symbol> scope)
    {
        foreach (Statement statement in block)
        {
            bool holds = statement switch
            {
                Declare d => Holds(d.Value, scope) && d.Targets.All(scope.Add),
                Assign a => scope.Contains(a.Target) && a.Target.Type.Accepts(a.Value.Type) && Holds(a.Value, scope),
                If i => Holds(i.Condition, scope) && Holds(i.Then, [.. scope]) && Holds(i.Else, [.. scope]),
                For f => Holds(f.Count, scope) && Holds(f.Body, [.. scope, f.Index]),
                Foreach f => Holds(f.Body, [.. scope, f.Item]),
                _ => false,
            };
            if (!holds) return false;
        }
        return true;
    }

    private static bool Holds(Node node, IEnumerable<Symbol> outer)
    {
        HashSet<Symbol> scope = [.. outer, .. node.Parts.OfType<Binder>().Select(binder => binder.Symbol)];
        return node.Parts.All(part => part switch
        {
            Field or Method => true,
            Symbol symbol => scope.Contains(symbol),
            Node child => Holds(child, scope),
            _ => true,
        });
    }
}
