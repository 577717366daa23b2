using System.Globalization;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Passes;

/// <summary>Gives values that the user did not name a name of their own: the second mean is <c>mean2</c>.</summary>
/// <remarks>Ensures: no name begins with a tilde, and none that the compiler chose stands for two values.</remarks>
internal sealed class NameValues : IPass
{
    public string Name => "name values";

    public Graph Run(Graph graph)
    {
        HashSet<int> alive = [.. graph.AllNodes.SelectMany(n => n.Defines)];
        HashSet<string> taken = [.. graph.Values.Where(v => !IsOwn(v)).Select(v => v.Name)];
        List<Value> named = [];
        foreach (Value v in graph.Values)
        {
            if (!IsOwn(v))
            {
                named.Add(v);
                continue;
            }
            string name = v.Name.Substring(1), unique = name;
            if (alive.Contains(v.Id))
                for (int i = 2; !taken.Add(unique); i++) unique = name + i.ToString(CultureInfo.InvariantCulture);
            named.Add(v with { Name = unique });
        }
        return graph with { Values = named.ToEquatableArray() };
    }

    private static bool IsOwn(Value v) => v.Name.StartsWith("~", StringComparison.Ordinal);
}
