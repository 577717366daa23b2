namespace KernelForge.Models;

/// <summary>
/// RoBERTa's encoder (arXiv 1907.11692), also that of XLM-RoBERTa and CamemBERT: BERT's layers, with positions that begin after the padding id.
/// Ids to the last hidden state, <c>[tokens, hidden]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "roberta", "xlm-roberta", "camembert")]
[Requires("position_embedding_type", "absolute")]
[Requires("is_decoder", false)]
[IgnoreWeights("pooler.*", "embeddings.position_ids")]
public sealed partial class RobertaModel(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("type_vocab_size")] int types,
    [Config("layer_norm_eps")] float epsilon = 1e-12f,
    [Config("pad_token_id")] int padding = 1) : ITokenModel
{
    [Weight("embeddings.word_embeddings")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("embeddings.position_embeddings")] private readonly Embedding position = new(positions, hidden);
    [Weight("embeddings.token_type_embeddings")] private readonly Embedding type = new(types, hidden);
    [Weight("embeddings.LayerNorm")] private readonly LayerNorm norm = new(hidden, epsilon);
    [Weight("encoder.layer.{i}")]
    private readonly Layers<BertLayer> layers =
        new(depth, () => new BertLayer(hidden, heads, intermediate, activation, epsilon));

    /// <summary>Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = norm[word[ids] + type[ids.Types] + position[ids.Positions + (padding + 1)]];
        foreach (BertLayer layer in layers) x = layer.Forward(x);
        return x;
    }
}
