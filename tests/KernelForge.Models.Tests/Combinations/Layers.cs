namespace KernelForge.Models.Tests.Combinations;

// Layers that no one prepared for: each puts pieces of the language together in another way.

/// <summary>Pre-norm, rotary-free: causal ALiBi attention and a gated unit.</summary>
[TransformerLayer]
public sealed partial class AlibiGated(int hidden, int heads, int inner)
{
    private readonly RmsNorm attentionNorm = new(hidden);
    private readonly Linear query = new(hidden, hidden, bias: false);
    private readonly Linear key = new(hidden, hidden, bias: false);
    private readonly Linear value = new(hidden, hidden, bias: false);
    private readonly Linear output = new(hidden, hidden);
    private readonly Parameter slopes = new(heads);
    private readonly RmsNorm unitNorm = new(hidden);
    private readonly Linear gate = new(hidden, inner);
    private readonly Linear up = new(hidden, inner);
    private readonly Linear down = new(inner, hidden);

    public Tokens Forward(Tokens x)
    {
        Tokens normed = attentionNorm[x];
        Tokens context = Attention(
            query[normed], key[normed], value[normed], heads,
            score: (s, i, j, h) => s - slopes[h] * Abs(i - j), mask: (i, j) => j <= i);
        x += output[context];
        normed = unitNorm[x];
        return x + down[Silu(gate[normed]) * up[normed]];
    }
}

/// <summary>Queries of one batch, keys and values of another with other lengths; fewer key heads than query heads.</summary>
[TransformerLayer]
public sealed partial class CrossGrouped(int hidden, int memoryWidth, int heads, int keyHeads)
{
    private readonly Linear query = new(hidden, heads * (hidden / heads));
    private readonly Linear key = new(memoryWidth, keyHeads * (hidden / heads));
    private readonly Linear value = new(memoryWidth, keyHeads * (hidden / heads), bias: false);
    private readonly Linear output = new(hidden, hidden);
    private readonly LayerNorm norm = new(hidden, 1e-6);

    public Tokens Forward(Tokens x, Tokens memory)
    {
        Tokens context = Attention(query[x], key[memory], value[memory], heads, keyValueHeads: keyHeads, scale: 0.2);
        return norm[x + output[context]];
    }
}

/// <summary>A stack whose layers differ by their index, some with a window; optional biases; a branch on a hyper-parameter.</summary>
[TransformerLayer]
public sealed partial class Alternating(int hidden, int heads, int depth, int window, bool final)
{
    private readonly Layers<Windowed> blocks = new(depth, i => new Windowed(hidden, heads, i % 2 == 0 ? window : 100000, i % 3 == 0));
    private readonly LayerNorm last = new(hidden);

    public Tokens Forward(Tokens x)
    {
        for (int i = 0; i < depth; i++)
        {
            if (i == 1) x = blocks[i].Forward(x) * 0.5;
            else x = blocks[i].Forward(x);
        }
        if (final) x = last[x];
        return x;
    }
}

[TransformerLayer]
public sealed partial class Windowed(int hidden, int heads, int window, bool bias)
{
    private readonly Linear qkv = new(hidden, 3 * hidden, bias: bias);
    private readonly Linear output = new(hidden, hidden, bias: bias);
    private readonly LayerNorm norm = new(hidden, 1e-5, bias);

    public Tokens Forward(Tokens x)
    {
        (Tokens q, Tokens k, Tokens v) = Split(qkv[norm[x]], 3);
        return x + output[Attention(q, k, v, heads, mask: (i, j) => Abs(i - j) <= window)];
    }
}

/// <summary>Pooling, gates a sequence, concatenation, slices, two results.</summary>
[TransformerLayer]
public sealed partial class Pooled(int hidden)
{
    private readonly Linear gate = new(hidden, hidden);
    private readonly Linear mix = new(2 * hidden, hidden);
    private readonly Parameter scale = new(hidden);

    public (Tokens Rows, Tokens Sequences) Forward(Tokens x)
    {
        Tokens excited = Sigmoid(gate[SequenceMean(x)]);
        Tokens y = Tanh(mix[Concat(x * excited, SequenceMax(x) - x)]) * (1 + scale);
        Tokens tail = Slice(y, hidden / 2, hidden - hidden / 2);
        return (y - Mean(tail), SequenceFirst(y) + SequenceSum(Softplus(y)));
    }
}

/// <summary>Rows gathered by integers, sums over groups of features, an activation chosen when weights are loaded.</summary>
[TransformerLayer]
public sealed partial class Looked(int kinds, int hidden, int groups, Activation activation)
{
    private readonly Embedding table = new(kinds, hidden);
    private readonly Embedding places = new(64, hidden);
    private readonly Linear inner = new(hidden, hidden, transposed: true);
    private readonly Linear outer = new(groups, hidden);

    public Tokens Forward(Tokens x, Integers kind)
    {
        Tokens y = x + table[kind] + places[kind * 2 + 1];
        Tokens z = activation[inner[y]];
        return outer[Sum(z * z, groups: groups)] + Max(z) * Sqrt(Abs(y)) - Exp(Min(z, 0.5));
    }
}

/// <summary>A parameter alone in an expression, per-token values read by the score, a helper and a conditional score.</summary>
[TransformerLayer]
public sealed partial class Scored(int hidden, int heads)
{
    private readonly Linear query = new(hidden, hidden);
    private readonly Linear key = new(hidden, hidden);
    private readonly Linear value = new(hidden, hidden);
    private readonly Linear bias = new(hidden, heads);
    private readonly Parameter decay = new(hidden);
    private readonly Parameter table = new(heads, 8);

    public Tokens Forward(Tokens x)
    {
        Tokens b = bias[x];
        Tokens context = Attention(
            query[x], key[x], value[x], heads,
            score: (s, i, j, h) => j < i ? Tanh(s / 4) * 4 + b[j, h] : s + table[h, Min(j - i, 7)] - b[i, h]);
        return Faded(context) + x;
    }

    private Tokens Faded(Tokens x) => x * -Exp(decay);
}

/// <summary>Attention pooling: one query a sequence, made of its mean, over the rows of the sequence; a parameter that is a vector here and read by the score there.</summary>
[TransformerLayer]
public sealed partial class PooledByQuery(int hidden, int heads)
{
    private readonly Linear query = new(hidden, hidden);
    private readonly Linear key = new(hidden, hidden);
    private readonly Parameter shared = new(hidden);

    public Tokens Forward(Tokens x)
    {
        Tokens pooled = SequenceMean(x * shared);
        return SequenceMax(Attention(query[pooled], key[x], x, heads, score: (s, i, j, h) => s + shared[h]));
    }
}
