using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>Activations that a configuration names, known when a model is loaded: the functions of <see cref="Ops"/>, on vectors.</summary>
public static class VectorActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TVector>(ActivationKind kind, TVector x) where TVector : unmanaged, IVector<TVector>
    {
        // The two that stand in the hottest loops are inlined; the branch is the same for every vector of a run.
        if (kind == ActivationKind.Gelu) return VectorMath.Gelu(x);
        if (kind == ActivationKind.Silu) return x / (One<TVector>() + VectorMath.Exp(-x));
        return Other(kind, x);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TVector Other<TVector>(ActivationKind kind, TVector x) where TVector : unmanaged, IVector<TVector> => kind switch
    {
        ActivationKind.Linear => x,
        ActivationKind.GeluTanh => GeluTanh(x),
        ActivationKind.QuickGelu => x / (One<TVector>() + VectorMath.Exp(x * TVector.Broadcast(-1.702f))),
        ActivationKind.Relu => TVector.Max(x, TVector.Zero),
        ActivationKind.Relu2 => TVector.Max(x, TVector.Zero) * TVector.Max(x, TVector.Zero),
        ActivationKind.Relu6 => Relu6(x),
        ActivationKind.LeakyRelu => TVector.Max(x, x * TVector.Broadcast(0.01f)),
        ActivationKind.Sigmoid => One<TVector>() / (One<TVector>() + VectorMath.Exp(-x)),
        ActivationKind.HardSwish => x * Relu6(x + TVector.Broadcast(3)) / TVector.Broadcast(6),
        ActivationKind.Softplus => Softplus(x),
        ActivationKind.Mish => x * VectorMath.Tanh(Softplus(x)),
        ActivationKind.Tanh => VectorMath.Tanh(x),
        _ => throw new NotSupportedException($"The CPU back end has no activation {kind}."),
    };

    private static TVector GeluTanh<TVector>(TVector x) where TVector : unmanaged, IVector<TVector>
    {
        TVector inner = TVector.Broadcast(0.7978846f) * (x + (TVector.Broadcast(0.044715f) * x * x * x));
        return Half<TVector>() * x * (One<TVector>() + VectorMath.Tanh(inner));
    }

    private static TVector Relu6<TVector>(TVector x) where TVector : unmanaged, IVector<TVector> =>
        TVector.Min(TVector.Max(x, TVector.Zero), TVector.Broadcast(6));

    private static TVector Softplus<TVector>(TVector x) where TVector : unmanaged, IVector<TVector>
    {
        // log(1 + e) keeps its relative precision for small e: what rounding takes from 1 + e is given back to first order.
        TVector e = VectorMath.Exp(-TVector.Abs(x)), sum = One<TVector>() + e;
        TVector log = VectorMath.Log(sum) + ((e - (sum - One<TVector>())) / sum);
        return TVector.Max(x, TVector.Zero) + log;
    }

    private static TVector Half<TVector>() where TVector : unmanaged, IVector<TVector> => TVector.Broadcast(0.5f);

    private static TVector One<TVector>() where TVector : unmanaged, IVector<TVector> => TVector.Broadcast(1);
}
