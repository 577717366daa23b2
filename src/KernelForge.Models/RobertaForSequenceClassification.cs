namespace KernelForge.Models;

/// <summary>
/// RoBERTa with two linears on the first token of a sequence: classifiers, and rerankers such as BGE's (one label). Ids to logits,
/// <c>[sequences, labels]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "roberta", "xlm-roberta", "camembert")]
[Requires("architectures", "RobertaForSequenceClassification", "XLMRobertaForSequenceClassification", "CamembertForSequenceClassification")]
[Requires("position_embedding_type", "absolute")]
[Requires("is_decoder", false)]
[IgnoreWeights("roberta.pooler.*", "roberta.embeddings.position_ids")]
public sealed partial class RobertaForSequenceClassification(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("type_vocab_size")] int types,
    [Config("layer_norm_eps")] float epsilon = 1e-12f,
    [Config("pad_token_id")] int padding = 1,
    [Config("id2label.count", "num_labels")] int labels = 2) : ISequenceModel
{
    [Weight("roberta")]
    private readonly RobertaModel encoder =
        new(vocabulary, hidden, depth, heads, intermediate, activation, positions, types, epsilon, padding);
    [Weight("classifier.dense")] private readonly Linear dense = new(hidden, hidden);
    [Weight("classifier.out_proj")] private readonly Linear project = new(hidden, labels);

    /// <summary>Ids to logits, <c>[sequences, labels]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens first = SequenceFirst(encoder.Forward(ids));
        return project[Tanh(dense[first])];
    }
}
