namespace KernelForge.Models;

/// <summary>
/// What BERT makes of a sequence for its heads: its first token through a linear and tanh. <c>[tokens, hidden]</c> to
/// <c>[sequences, hidden]</c>.
/// </summary>
[TransformerLayer]
public sealed partial class BertPooler(int hidden)
{
    private readonly Linear dense = new(hidden, hidden);

    /// <summary><c>[tokens, hidden]</c> to <c>[sequences, hidden]</c>; a sequence without tokens counts as one of zeros.</summary>
    public Tokens Forward(Tokens x) => Tanh(dense[SequenceFirst(x)]);
}
