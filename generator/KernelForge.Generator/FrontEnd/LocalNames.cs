using System.Globalization;
using Microsoft.CodeAnalysis;

namespace KernelForge.Generator.FrontEnd;

/// <summary>One name for each local of a body, where C# lets several of one name live in different blocks.</summary>
internal sealed class LocalNames
{
    private readonly Dictionary<ISymbol, string> names = new(SymbolEqualityComparer.Default);
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private readonly HashSet<ISymbol> counters = new(SymbolEqualityComparer.Default);

    /// <summary>The symbol's own name, or with a number where another local has that.</summary>
    public string Of(ISymbol local)
    {
        if (names.TryGetValue(local, out string? known)) return known;
        string name = local.Name;
        for (int number = 2; !taken.Add(name); number++) name = local.Name + number.ToString(CultureInfo.InvariantCulture);
        names.Add(local, name);
        return name;
    }

    /// <summary>Lets others have the name of a lambda's parameter once the lambda has been read.</summary>
    public void Release(IParameterSymbol parameter)
    {
        taken.Remove(Of(parameter));
        names.Remove(parameter);
    }

    /// <summary>Notes a loop's counter, which nothing but the loop changes.</summary>
    public string OfCounter(ILocalSymbol counter)
    {
        counters.Add(counter);
        return Of(counter);
    }

    public bool IsCounter(ILocalSymbol local) => counters.Contains(local);
}
