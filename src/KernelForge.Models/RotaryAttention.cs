namespace KernelForge.Models;

/// <summary>
/// Attention of Llama's kind: rotary positions, keys and values that serve several queries each (arXiv 2305.13245), and a window of so many
/// tokens, the token itself included. <c>[tokens, hidden]</c> to the same shape.
/// </summary>
[TransformerLayer]
public sealed partial class RotaryAttention(
    int hidden, int heads, int keyValueHeads, int headDim, bool bias = false, int window = int.MaxValue, bool? projectBias = null,
    bool causal = true, bool interleaved = false)
{
    [Weight("q_proj")] private readonly Linear query = new(hidden, heads * headDim, bias);
    [Weight("k_proj")] private readonly Linear key = new(hidden, keyValueHeads * headDim, bias);
    [Weight("v_proj")] private readonly Linear value = new(hidden, keyValueHeads * headDim, bias);
    [Weight("o_proj")] private readonly Linear project = new(heads * headDim, hidden, projectBias ?? bias);

    /// <summary><c>[tokens, hidden]</c> to the same shape; the rotations are <c>[tokens, n]</c>, 2n features of a head.</summary>
    public Tokens Forward(Tokens x, Tokens cos, Tokens sin)
    {
        Tokens q = Rotate(query[x], cos, sin, heads, interleaved);
        Tokens k = Rotate(key[x], cos, sin, keyValueHeads, interleaved);
        return project[Attention(q, k, value[x], heads, keyValueHeads, mask: (i, j) => (!causal || j <= i) && i - j < window)];
    }
}
