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

/// <summary>Linears that are there in every so many layers, or at the end, as the constructor says.</summary>
/// <param name="careless">Whether a layer applies its gate where there is none, too.</param>
[TransformerLayer]
public sealed partial class GatedNowAndThen(int hidden, int depth, int every, bool final, bool careless = false)
{
    private readonly Layers<GatedOrNot> layers = new(depth, i => new GatedOrNot(hidden, i % every == 0, careless));
    private readonly Linear last = new(hidden, hidden, present: final);

    public Tokens Forward(Tokens x)
    {
        foreach (GatedOrNot layer in layers) x = layer.Forward(x);
        return final ? last[x] : x;
    }
}

[TransformerLayer]
public sealed partial class GatedOrNot(int hidden, bool gated, bool careless)
{
    private readonly Linear linear = new(hidden, hidden);
    private readonly Linear gate = new(hidden, hidden, present: gated);

    public Tokens Forward(Tokens x) => gated || careless ? linear[x] * Sigmoid(gate[x]) : Tanh(linear[x]);
}

[TransformerLayer]
public sealed partial class StackGate(int hidden)
{
    [Weight("")] private readonly Linear linear = new(hidden, hidden);

    public Tokens this[Tokens x] => Sigmoid(linear[x]);
}
