namespace KernelForge.Models;

/// <summary>
/// Causal attention of Llama's kind: rotary positions, keys and values that serve several queries each (arXiv 2305.13245), and a window of
/// so many tokens, the token itself included. <c>[tokens, hidden]</c> to the same shape.
/// </summary>
[TransformerLayer]
public sealed partial class RotaryAttention(int hidden, int heads, int keyValueHeads, int headDim, bool bias = false, int window = int.MaxValue)
{
    [Weight("q_proj")] private readonly Linear query = new(hidden, heads * headDim, bias);
    [Weight("k_proj")] private readonly Linear key = new(hidden, keyValueHeads * headDim, bias);
    [Weight("v_proj")] private readonly Linear value = new(hidden, keyValueHeads * headDim, bias);
    [Weight("o_proj")] private readonly Linear project = new(heads * headDim, hidden, bias);

    /// <summary><c>[tokens, hidden]</c> to the same shape; the rotations are <c>[tokens, headDim / 2]</c>.</summary>
    public Tokens Forward(Tokens x, Tokens cos, Tokens sin)
    {
        Tokens q = Rotate(query[x], cos, sin, heads);
        Tokens k = Rotate(key[x], cos, sin, keyValueHeads);
        return project[Attention(q, k, value[x], heads, keyValueHeads, mask: (i, j) => j <= i && i - j < window)];
    }
}
