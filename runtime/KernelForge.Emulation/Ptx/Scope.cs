namespace KernelForge.Emulation.Ptx;

/// <summary>What a pair of braces declares: registers, ranges of registers (<c>%r&lt;9&gt;</c>), variables, labels.</summary>
internal sealed class Scope(Scope? outer)
{
    private static int count;

    private readonly int number = outer is null ? 0 : Interlocked.Increment(ref count);
    private readonly Dictionary<string, PtxRegister> registers = [];
    private readonly Dictionary<string, PtxVariable> variables = [];
    private readonly List<(string Prefix, int Count, ScalarType Type)> ranges = [];
    private readonly HashSet<string> labels = [];

    public Scope? Outer { get; } = outer;

    public void Add(PtxRegister register) => registers[register.Name] = register;

    public void Add(PtxVariable variable) => variables[variable.Name] = variable;

    public void AddRange(string prefix, int count, ScalarType type) => ranges.Add((prefix, count, type));

    /// <summary>Declares a label and gives the name that is unique in the function.</summary>
    public string AddLabel(string label)
    {
        labels.Add(label);
        return Unique(label);
    }

    /// <summary>The unique name of a label that this scope or one around it declares.</summary>
    public string? FindLabel(string label)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
            if (scope.labels.Contains(label)) return scope.Unique(label);
        return null;
    }

    public PtxRegister? FindRegister(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.registers.TryGetValue(name, out PtxRegister? register)) return register;
            foreach ((string prefix, int count, ScalarType type) in scope.ranges)
            {
                if (!name.StartsWith(prefix, StringComparison.Ordinal)) continue;
                if (!int.TryParse(name.AsSpan(prefix.Length), out int index) || index >= count) continue;
                register = new PtxRegister(name, type);
                scope.registers[name] = register;
                return register;
            }
        }
        return null;
    }

    public PtxVariable? FindVariable(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
            if (scope.variables.TryGetValue(name, out PtxVariable? variable)) return variable;
        return null;
    }

    private string Unique(string label) => $"{label}#{number}";
}
