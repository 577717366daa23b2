using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>The arguments of an op by the names of its parameters, however the user wrote them.</summary>
internal sealed class OpArguments
{
    private readonly Dictionary<string, (Val Value, Expr At)> byName = new(StringComparer.Ordinal);

    public OpArguments(CallExpr call, (string? Name, Val Value)[] arguments, params string[] names)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            string? name = arguments[i].Name ?? (i < names.Length ? names[i] : null);
            if (name is not null && arguments[i].Value is not Val.Host { Value: Scalar.Nothing }) byName[name] = (arguments[i].Value, call.Arguments[i].Value);
        }
    }

    public bool Has(string name) => byName.ContainsKey(name);

    public (Val Value, Expr At)? this[string name] => byName.TryGetValue(name, out (Val, Expr) found) ? found : null;
}
