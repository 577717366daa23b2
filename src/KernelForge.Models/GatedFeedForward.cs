namespace KernelForge.Models;

/// <summary>A gated feed-forward (arXiv 2002.05202): one product through an activation times another. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class GatedFeedForward(int hidden, int intermediate, Activation activation, bool bias = false)
{
    [Weight("gate_proj")] private readonly Linear gate = new(hidden, intermediate, bias);
    [Weight("up_proj")] private readonly Linear up = new(hidden, intermediate, bias);
    [Weight("down_proj")] private readonly Linear down = new(intermediate, hidden, bias);

    /// <summary><c>[tokens, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x) => down[activation[gate[x]] * up[x]];
}
