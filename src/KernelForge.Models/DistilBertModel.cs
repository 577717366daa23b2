namespace KernelForge.Models;

/// <summary>One layer of DistilBERT: BERT's, under other names. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class DistilBertLayer(int hidden, int heads, int intermediate, Activation activation)
{
    [Weight("attention.q_lin")] private readonly Linear query = new(hidden, hidden);
    [Weight("attention.k_lin")] private readonly Linear key = new(hidden, hidden);
    [Weight("attention.v_lin")] private readonly Linear value = new(hidden, hidden);
    [Weight("attention.out_lin")] private readonly Linear project = new(hidden, hidden);
    [Weight("sa_layer_norm")] private readonly LayerNorm attentionNorm = new(hidden, 1e-12);
    [Weight("ffn.lin1")] private readonly Linear expand = new(hidden, intermediate);
    [Weight("ffn.lin2")] private readonly Linear contract = new(intermediate, hidden);
    [Weight("output_layer_norm")] private readonly LayerNorm outputNorm = new(hidden, 1e-12);

    /// <summary><c>[tokens, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x)
    {
        Tokens context = Attention(query[x], key[x], value[x], heads);
        x = attentionNorm[x + project[context]];
        return outputNorm[x + contract[activation[expand[x]]]];
    }
}

/// <summary>DistilBERT's encoder (arXiv 1910.01108): no token types. Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
[TransformerModel]
[Requires("model_type", "distilbert")]
public sealed partial class DistilBertModel(
    [Config("vocab_size")] int vocabulary,
    [Config("dim")] int hidden,
    [Config("n_layers")] int depth,
    [Config("n_heads")] int heads,
    [Config("hidden_dim")] int intermediate,
    [Config("activation")] Activation activation,
    [Config("max_position_embeddings")] int positions) : ITokenModel
{
    [Weight("embeddings.word_embeddings")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("embeddings.position_embeddings")] private readonly Embedding position = new(positions, hidden);
    [Weight("embeddings.LayerNorm")] private readonly LayerNorm norm = new(hidden, 1e-12);
    [Weight("transformer.layer.{i}")]
    private readonly Layers<DistilBertLayer> layers =
        new(depth, () => new DistilBertLayer(hidden, heads, intermediate, activation));

    /// <summary>Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = norm[word[ids] + position[ids.Positions]];
        foreach (DistilBertLayer layer in layers) x = layer.Forward(x);
        return x;
    }
}
