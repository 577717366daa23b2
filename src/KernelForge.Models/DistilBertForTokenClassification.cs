namespace KernelForge.Models;

/// <summary>
/// DistilBERT with a linear head on every token. Ids to logits, <c>[tokens, labels]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "distilbert")]
[Requires("architectures", "DistilBertForTokenClassification")]
public sealed partial class DistilBertForTokenClassification(
    [Config("vocab_size")] int vocabulary,
    [Config("dim")] int hidden,
    [Config("n_layers")] int depth,
    [Config("n_heads")] int heads,
    [Config("hidden_dim")] int intermediate,
    [Config("activation")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("id2label.count", "num_labels")] int labels = 2) : ITokenModel
{
    [Weight("distilbert")]
    private readonly DistilBertModel encoder =
        new(vocabulary, hidden, depth, heads, intermediate, activation, positions);
    [Weight("classifier")] private readonly Linear classifier = new(hidden, labels);

    /// <summary>Ids to logits, <c>[tokens, labels]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = encoder.Forward(ids);
        return classifier[x];
    }
}
