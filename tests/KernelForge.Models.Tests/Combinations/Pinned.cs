namespace KernelForge.Models.Tests.Combinations;

/// <summary>Two products of one input, of which one has its precision whatever the device's.</summary>
[TransformerLayer]
public sealed partial class TwoHeads(int hidden, int labels)
{
    [Precision(Precision.Float32)]
    private readonly Linear exact = new(hidden, labels);

    private readonly Linear other = new(hidden, labels);

    public (Tokens Exact, Tokens Other) Forward(Tokens x) => (exact[x], other[x]);
}

/// <summary>A gate whose halves are multiplied in different precisions: that of its own, and that of the class.</summary>
[TransformerLayer]
[Precision(Precision.Int8)]
public sealed partial class PinnedUnit(int hidden, int inner)
{
    [Precision(Precision.Float32)]
    private readonly Linear gate = new(hidden, inner);

    private readonly Linear up = new(hidden, inner);
    private readonly Linear down = new(inner, hidden);

    public Tokens Forward(Tokens x) => x + down[Silu(gate[x]) * up[x]];
}

/// <summary>Every way to say a precision: of the layer, of the class of inner layers, of the field that holds one, of a bank.</summary>
[TransformerLayer]
[Precision(Precision.BFloat16)]
public sealed partial class EveryPrecision(int hidden, int inner, int depth)
{
    private readonly Layers<PinnedUnit> units = new(depth, () => new PinnedUnit(hidden, inner));

    [Precision(Precision.BFloat16)]
    private readonly PinnedUnit last = new(hidden, inner);

    [Precision(Precision.Float32)]
    private readonly LinearBank experts = new(2, hidden, hidden);

    private readonly Linear output = new(hidden, hidden);

    public Tokens Forward(Tokens x)
    {
        foreach (PinnedUnit unit in units) x = unit.Forward(x);
        x = last.Forward(x);
        return x + output[experts[x, Each(x.Rows, 1, (t, f) => t % 2)]];
    }
}
