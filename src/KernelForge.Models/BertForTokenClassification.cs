namespace KernelForge.Models;

/// <summary>
/// BERT with a linear head on every token, as for named entities. Ids to logits, <c>[tokens, labels]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "bert")]
[Requires("architectures", "BertForTokenClassification")]
[Requires("position_embedding_type", "absolute")]
[Requires("is_decoder", false)]
[IgnoreWeights("bert.pooler.*", "bert.embeddings.position_ids")]
public sealed partial class BertForTokenClassification(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("type_vocab_size")] int types,
    [Config("layer_norm_eps")] float epsilon = 1e-12f,
    [Config("id2label.count", "num_labels")] int labels = 2) : ITokenModel
{
    [Weight("bert")]
    private readonly BertModel encoder =
        new(vocabulary, hidden, depth, heads, intermediate, activation, positions, types, epsilon);
    [Weight("classifier")] private readonly Linear classifier = new(hidden, labels);

    /// <summary>Ids to logits, <c>[tokens, labels]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = encoder.Forward(ids);
        return classifier[x];
    }
}
