namespace KernelForge.Models;

/// <summary>
/// RoBERTa with its pooler, which is BERT's. Ids to <c>[sequences, hidden]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "roberta", "xlm-roberta", "camembert")]
[Requires("position_embedding_type", "absolute")]
[Requires("is_decoder", false)]
[IgnoreWeights("embeddings.position_ids")]
public sealed partial class RobertaPoolerModel(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("type_vocab_size")] int types,
    [Config("layer_norm_eps")] float epsilon = 1e-12f,
    [Config("pad_token_id")] int padding = 1) : ISequenceModel
{
    [Weight("")]
    private readonly RobertaModel encoder =
        new(vocabulary, hidden, depth, heads, intermediate, activation, positions, types, epsilon, padding);
    [Weight("pooler")] private readonly BertPooler pooler = new(hidden);

    /// <summary>Ids to <c>[sequences, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        return pooler.Forward(encoder.Forward(ids));
    }
}
