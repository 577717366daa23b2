namespace KernelForge;

/// <summary>
/// Which function an <see cref="Activation"/> is. Every kind but <see cref="Linear"/> (the value itself) is the function of
/// <see cref="Ops"/> with the same name.
/// </summary>
public enum ActivationKind
{
    Linear,
    Gelu,
    GeluTanh,
    QuickGelu,
    Relu,
    Relu2,
    Relu6,
    LeakyRelu,
    Sigmoid,
    Silu,
    HardSwish,
    Softplus,
    Mish,
    Tanh,
}
