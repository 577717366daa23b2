using System.Collections.Frozen;

namespace KernelForge;

/// <summary>An elementwise function that a configuration names.</summary>
public sealed class Activation
{
    private static readonly Activation[] All = [.. Enum.GetValues<ActivationKind>().Order().Select(kind => new Activation(kind))];

    private static readonly FrozenDictionary<string, ActivationKind> Names = new Dictionary<string, ActivationKind>
    {
        ["gelu"] = ActivationKind.Gelu,
        ["gelu_python"] = ActivationKind.Gelu,
        ["gelu_new"] = ActivationKind.GeluTanh,
        ["gelu_fast"] = ActivationKind.GeluTanh,
        ["gelu_accurate"] = ActivationKind.GeluTanh,
        ["gelu_pytorch_tanh"] = ActivationKind.GeluTanh,
        ["gelu_python_tanh"] = ActivationKind.GeluTanh,
        ["quick_gelu"] = ActivationKind.QuickGelu,
        ["relu"] = ActivationKind.Relu,
        ["relu2"] = ActivationKind.Relu2,
        ["relu6"] = ActivationKind.Relu6,
        ["leaky_relu"] = ActivationKind.LeakyRelu,
        ["sigmoid"] = ActivationKind.Sigmoid,
        ["silu"] = ActivationKind.Silu,
        ["swish"] = ActivationKind.Silu,
        ["hardswish"] = ActivationKind.HardSwish,
        ["softplus"] = ActivationKind.Softplus,
        ["mish"] = ActivationKind.Mish,
        ["tanh"] = ActivationKind.Tanh,
        ["linear"] = ActivationKind.Linear,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The activation of a kind.</summary>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public Activation(ActivationKind kind)
    {
        if (!Enum.IsDefined(kind)) throw new ArgumentException($"there is no activation kind {kind}", nameof(kind));
        Kind = kind;
    }

    /// <summary>Which function it is.</summary>
    public ActivationKind Kind { get; }

    /// <summary>Applies it to every element.</summary>
    public Tokens this[Tokens x] => Kind switch
    {
        ActivationKind.Linear => x,
        ActivationKind.Gelu => Ops.Gelu(x),
        ActivationKind.GeluTanh => Ops.GeluTanh(x),
        ActivationKind.QuickGelu => Ops.QuickGelu(x),
        ActivationKind.Relu => Ops.Relu(x),
        ActivationKind.Relu2 => Ops.Relu2(x),
        ActivationKind.Relu6 => Ops.Relu6(x),
        ActivationKind.LeakyRelu => Ops.LeakyRelu(x),
        ActivationKind.Sigmoid => Ops.Sigmoid(x),
        ActivationKind.Silu => Ops.Silu(x),
        ActivationKind.HardSwish => Ops.HardSwish(x),
        ActivationKind.Softplus => Ops.Softplus(x),
        ActivationKind.Mish => Ops.Mish(x),
        ActivationKind.Tanh => Ops.Tanh(x),
        _ => throw new InvalidOperationException($"activation kind {Kind} has no function"),
    };

    /// <summary>The activation of a kind, the same object every time.</summary>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static Activation Of(ActivationKind kind) =>
        (uint)kind < All.Length ? All[(int)kind] : throw new ArgumentException($"there is no activation kind {kind}", nameof(kind));

    /// <summary>The activation that a Hugging Face configuration calls by this name.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message lists those that are known.</exception>
    public static Activation Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Names.TryGetValue(name, out ActivationKind kind)) return Of(kind);
        string known = string.Join(", ", Names.Keys.Order(StringComparer.Ordinal));
        throw new ArgumentException($"activation '{name}' is unknown; known are {known}", nameof(name));
    }

    /// <summary>The kind's name.</summary>
    public override string ToString() => Kind.ToString();
}
