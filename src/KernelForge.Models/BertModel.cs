namespace KernelForge.Models;

/// <summary>One layer of BERT and RoBERTa (arXiv 1810.04805): post-norm attention and feed-forward. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class BertLayer(int hidden, int heads, int intermediate, Activation activation, float epsilon)
{
    [Weight("attention.self.query")] private readonly Linear query = new(hidden, hidden);
    [Weight("attention.self.key")] private readonly Linear key = new(hidden, hidden);
    [Weight("attention.self.value")] private readonly Linear value = new(hidden, hidden);
    [Weight("attention.output.dense")] private readonly Linear project = new(hidden, hidden);
    [Weight("attention.output.LayerNorm")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("intermediate.dense")] private readonly Linear expand = new(hidden, intermediate);
    [Weight("output.dense")] private readonly Linear contract = new(intermediate, hidden);
    [Weight("output.LayerNorm")] private readonly LayerNorm outputNorm = new(hidden, epsilon);

    /// <summary><c>[tokens, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x)
    {
        Tokens context = Attention(query[x], key[x], value[x], heads);
        x = attentionNorm[x + project[context]];
        return outputNorm[x + contract[activation[expand[x]]]];
    }
}

/// <summary>
/// BERT's encoder (arXiv 1810.04805), also that of MiniLM, BGE, E5, GTE and many sentence encoders: ids to the last hidden state,
/// <c>[tokens, hidden]</c>. The pooler that some checkpoints carry is not used.
/// </summary>
[TransformerModel]
[Requires("model_type", "bert")]
[Requires("position_embedding_type", "absolute")]
[Requires("is_decoder", false)]
[IgnoreWeights("pooler.*", "embeddings.position_ids")]
public sealed partial class BertModel(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("type_vocab_size")] int types,
    [Config("layer_norm_eps")] float epsilon = 1e-12f) : ITokenModel
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
        Tokens x = norm[word[ids] + type[ids.Types] + position[ids.Positions]];
        foreach (BertLayer layer in layers) x = layer.Forward(x);
        return x;
    }
}
