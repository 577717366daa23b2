namespace KernelForge.Benchmarks.Masks;

/// <summary>Every token sees every other. Queries, keys and values lie side by side in <c>[tokens, 3 × hidden]</c>.</summary>
[TransformerLayer]
public sealed partial class FullAttention(int hidden, int heads)
{
    public Tokens Forward(Tokens x)
    {
        (Tokens q, Tokens k, Tokens v) = Split(x, hidden, hidden, hidden);
        return Attention(q, k, v, heads);
    }
}

/// <summary>A token sees itself and the <paramref name="window"/> − 1 before it, as in Mistral.</summary>
[TransformerLayer]
public sealed partial class SlidingWindowAttention(int hidden, int heads, int window)
{
    public Tokens Forward(Tokens x)
    {
        (Tokens q, Tokens k, Tokens v) = Split(x, hidden, hidden, hidden);
        return Attention(q, k, v, heads, mask: (i, j) => j <= i && i - j < window);
    }
}

/// <summary>A token sees its own chunk and the one before it, as in a streaming Conformer.</summary>
[TransformerLayer]
public sealed partial class ChunkedAttention(int hidden, int heads, int chunk)
{
    public Tokens Forward(Tokens x)
    {
        (Tokens q, Tokens k, Tokens v) = Split(x, hidden, hidden, hidden);
        return Attention(q, k, v, heads, mask: (i, j) => j / chunk <= i / chunk && i / chunk - j / chunk <= 1);
    }
}
