using KernelForge.Models;

namespace KernelForge.Cli.Tests;

/// <summary>A layer with a branch, a loop, a score and a mask.</summary>
[TransformerLayer]
public sealed partial class Tower(int hidden, int heads, int depth, bool final)
{
    private readonly Layers<Causal> blocks = new(depth, i => new Causal(hidden, heads, i % 2 == 0));
    private readonly LayerNorm last = new(hidden);

    public Tokens Forward(Tokens x)
    {
        foreach (Causal block in blocks) x = block.Forward(x);
        if (final) x = last[x];
        return x;
    }
}

[TransformerLayer]
public sealed partial class Causal(int hidden, int heads, bool bias)
{
    private readonly Linear qkv = new(hidden, 3 * hidden, bias: bias);
    private readonly Linear output = new(hidden, hidden);
    private readonly Parameter slopes = new(heads);

    public Tokens Forward(Tokens x)
    {
        (Tokens q, Tokens k, Tokens v) = Split(qkv[x], 3);
        return x + output[Attention(q, k, v, heads, score: (s, i, j, h) => s - slopes[h] * Abs(i - j), mask: (i, j) => j <= i)];
    }
}

/// <summary>A layer that holds one of a referenced assembly.</summary>
[TransformerLayer]
public sealed partial class Framed(int hidden, int heads, int inner, Activation activation)
{
    private readonly BertLayer inside = new(hidden, heads, inner, activation, 1e-6f);
    private readonly Linear output = new(hidden, hidden);

    public Tokens Forward(Tokens x) => output[inside.Forward(x)];
}

/// <summary>A model small enough for an emulated GPU: with a result a token and one a sequence.</summary>
[TransformerModel]
[Requires("kind", "tiny")]
public sealed partial class Tiny(
    [Config("vocabulary")] int vocabulary, [Config("hidden")] int hidden, [Config("heads")] int heads, [Config("positions")] int positions)
{
    private readonly Embedding words = new(vocabulary, hidden);
    private readonly Embedding places = new(positions, hidden);
    private readonly Causal block = new(hidden, heads, true);
    private readonly LayerNorm norm = new(hidden, 1e-6);

    public (Tokens Rows, Tokens Pooled) Forward(TokenIds ids)
    {
        Tokens x = norm[block.Forward(words[ids] + places[ids.Positions])];
        return (x, SequenceMean(x));
    }
}
