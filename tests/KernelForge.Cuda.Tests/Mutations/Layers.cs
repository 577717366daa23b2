using KernelForge.Runtime;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>Sweeps over rows and nothing else, so that they may be wide: reductions of whole rows and of groups of their columns.</summary>
[TransformerLayer]
public sealed partial class Swept(int hidden, int groups)
{
    private readonly LayerNorm norm = new(hidden);

    public (Tokens Normed, Tokens Groups) Forward(Tokens x)
    {
        Tokens normed = norm[x];
        return (normed - Max(normed) * 0.5, Sum(normed * normed, groups: groups));
    }
}

/// <summary>Attention of each query to the keys behind it: the last sees none.</summary>
[TransformerLayer]
public sealed partial class Blind(int hidden, int heads)
{
    private readonly Linear query = new(hidden, hidden);

    public Tokens Forward(Tokens x) => Ops.Attention(query[x], x, x, heads, mask: (i, j) => j > i);
}

/// <summary>Two products of one input that meet in the store of one.</summary>
[TransformerLayer]
public sealed partial class Paired(int hidden, int inner)
{
    private readonly Linear gate = new(hidden, inner);
    private readonly Linear up = new(hidden, inner);

    public Tokens Forward(Tokens x) => Tanh(gate[x]) * (up[x] + 1);
}

/// <summary>The largest of each column in a sequence.</summary>
[TransformerLayer]
public sealed partial class Largest(int hidden)
{
    private readonly Parameter scale = new(hidden);

    public Tokens Forward(Tokens x) => SequenceMax(x * scale);
}
