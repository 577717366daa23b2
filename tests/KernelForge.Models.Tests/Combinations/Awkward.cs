namespace KernelForge.Models.Tests.Combinations.Awkward;

// Types that the runtime has too: generated programs must not take these for those.
#pragma warning disable CA1812
internal sealed class Gemm;

internal sealed class Interval;

internal sealed class CpuProgram;
#pragma warning restore CA1812

/// <summary>
/// Names that a generated program uses itself, three products of one input in one map, a bucket of a logarithm, and a mask of divisions with the
/// usual names the other way round.
/// </summary>
[TransformerLayer]
public sealed partial class Attention(
    int device, int weights, int row, int Pool, int hidden, int i, int @base, int tokens, double s, int window)
{
    private readonly Linear column = new(hidden, hidden);
    private readonly Linear value = new(hidden, hidden, bias: Pool > 3);
    private readonly Linear workspace = new(hidden, row);
    private readonly Linear locals = new(row, hidden);
    private readonly Parameter head = new(hidden);
    private readonly Parameter table = new(4, 8);
    private readonly Layers<Rows> inputs = new(i, () => new Rows(hidden, s));

    public Tokens Forward(Tokens x)
    {
        Tokens sum = column[x] * s + head;
        Tokens TVector = value[sum];
        foreach (Rows inner in inputs) TVector = inner[TVector];
        Tokens context = Ops.Attention(
            sum, TVector, x, 4,
            score: (q, a, b, h) => q + table[h, Min((int)(Log(Abs(a - b) + 1) * @base), 7)] * (a > b ? 1 : -0.5) + sum[a, 2] * 0.1,
            mask: (j, i) => j / window == i / window || i == 0 && !(j < 2));
        return locals[Relu(workspace[context])] + Pow(TVector, 2) + Max(context, 0.25) - tokens + weights * device;
    }
}

[TransformerLayer]
public sealed partial class Rows(int hidden, double s)
{
    private readonly Linear first = new(hidden, hidden);
    private readonly Linear second = new(hidden, hidden);
    private readonly Linear third = new(hidden, hidden);

    public Tokens this[Tokens x] => Sin(first[x]) * Cos(second[x]) + Exp(-Abs(third[x])) * s + Floor(x);
}
