namespace KernelForge.Models;

/// <summary>
/// Logits of every token of a vocabulary: by a linear of the head's own, or, where the configuration ties the two, by the table that embeds
/// the tokens. The names are those of the families, beside their models. <c>[rows, hidden]</c> to <c>[rows, vocabulary]</c>.
/// </summary>
[TransformerLayer]
public sealed partial class LanguageModelHead(int hidden, int vocabulary, bool tied)
{
    [Weight("lm_head", "proj_out")] private readonly Linear own = new(hidden, vocabulary, bias: false, present: !tied);
    [Weight("model.embed_tokens", "model.shared", "model.decoder.embed_tokens", "shared", "transformer.wte", "wte")]
    private readonly Linear embedding = new(hidden, vocabulary, bias: false, present: tied);

    /// <summary><c>[rows, hidden]</c> to <c>[rows, vocabulary]</c>.</summary>
    public Tokens this[Tokens x] => tied ? embedding[x] : own[x];
}
