namespace KernelForge.Models;

/// <summary>
/// DistilBERT with two linears on the first token of a sequence. Ids to logits, <c>[sequences, labels]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "distilbert")]
[Requires("architectures", "DistilBertForSequenceClassification")]
public sealed partial class DistilBertForSequenceClassification(
    [Config("vocab_size")] int vocabulary,
    [Config("dim")] int hidden,
    [Config("n_layers")] int depth,
    [Config("n_heads")] int heads,
    [Config("hidden_dim")] int intermediate,
    [Config("activation")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("id2label.count", "num_labels")] int labels = 2) : ISequenceModel
{
    [Weight("distilbert")]
    private readonly DistilBertModel encoder =
        new(vocabulary, hidden, depth, heads, intermediate, activation, positions);
    [Weight("pre_classifier")] private readonly Linear dense = new(hidden, hidden);
    [Weight("classifier")] private readonly Linear classifier = new(hidden, labels);

    /// <summary>Ids to logits, <c>[sequences, labels]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens first = SequenceFirst(encoder.Forward(ids));
        return classifier[Relu(dense[first])];
    }
}
