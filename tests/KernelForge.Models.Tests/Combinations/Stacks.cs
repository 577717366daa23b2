namespace KernelForge.Models.Tests.Combinations;

/// <summary>Two stacks of other depths, whose layers have a stack of their own that may be empty.</summary>
[TransformerLayer]
public sealed partial class TwoStacks(int hidden, int first, int second, bool gated)
{
    private readonly Layers<MaybeGated> before = new(first, () => new MaybeGated(hidden, gated));
    private readonly Layers<MaybeGated> after = new(second, () => new MaybeGated(hidden, !gated));

    public Tokens Forward(Tokens x)
    {
        foreach (MaybeGated layer in before) x = layer.Forward(x);
        foreach (MaybeGated layer in after) x = layer.Forward(x);
        return x;
    }
}

[TransformerLayer]
public sealed partial class MaybeGated(int hidden, bool gated)
{
    private readonly Linear linear = new(hidden, hidden);
    private readonly Layers<StackGate> gates = new(gated ? 1 : 0, () => new StackGate(hidden));

    public Tokens Forward(Tokens x)
    {
        Tokens y = linear[x];
        foreach (StackGate gate in gates) y *= gate[x];
        return Tanh(y);
    }
}

[TransformerLayer]
public sealed partial class StackGate(int hidden)
{
    [Weight("")] private readonly Linear linear = new(hidden, hidden);

    public Tokens this[Tokens x] => Sigmoid(linear[x]);
}
