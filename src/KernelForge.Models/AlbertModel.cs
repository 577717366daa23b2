namespace KernelForge.Models;

/// <summary>One layer of ALBERT: BERT's, under other names. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class AlbertLayer(int hidden, int heads, int intermediate, Activation activation, float epsilon)
{
    [Weight("attention.query")] private readonly Linear query = new(hidden, hidden);
    [Weight("attention.key")] private readonly Linear key = new(hidden, hidden);
    [Weight("attention.value")] private readonly Linear value = new(hidden, hidden);
    [Weight("attention.dense")] private readonly Linear project = new(hidden, hidden);
    [Weight("attention.LayerNorm")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("ffn")] private readonly Linear expand = new(hidden, intermediate);
    [Weight("ffn_output")] private readonly Linear contract = new(intermediate, hidden);
    [Weight("full_layer_layer_norm")] private readonly LayerNorm outputNorm = new(hidden, epsilon);

    /// <summary><c>[tokens, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x)
    {
        Tokens context = Attention(query[x], key[x], value[x], heads);
        x = attentionNorm[x + project[context]];
        return outputNorm[x + contract[activation[expand[x]]]];
    }
}

/// <summary>Layers that ALBERT repeats: as a rule one. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class AlbertGroup(int count, int hidden, int heads, int intermediate, Activation activation, float epsilon)
{
    [Weight("albert_layers.{i}")]
    private readonly Layers<AlbertLayer> layers = new(count, () => new AlbertLayer(hidden, heads, intermediate, activation, epsilon));

    /// <summary><c>[tokens, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x)
    {
        foreach (AlbertLayer layer in layers) x = layer.Forward(x);
        return x;
    }
}

/// <summary>
/// ALBERT's encoder (arXiv 1909.11942): few groups of layers run again and again, over narrow embeddings that one product widens. Ids to the
/// last hidden state, <c>[tokens, hidden]</c>. The pooler that some checkpoints carry is not used.
/// </summary>
[TransformerModel]
[Requires("model_type", "albert")]
[Requires("position_embedding_type", "absolute")]
[IgnoreWeights("pooler.*", "embeddings.position_ids")]
public sealed partial class AlbertModel(
    [Config("vocab_size")] int vocabulary,
    [Config("embedding_size")] int narrow,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("type_vocab_size")] int types,
    [Config("num_hidden_groups")] int groupCount = 1,
    [Config("inner_group_num")] int layersOfGroup = 1,
    [Config("layer_norm_eps")] float epsilon = 1e-12f) : ITokenModel
{
    [Weight("embeddings.word_embeddings")] private readonly Embedding word = new(vocabulary, narrow);
    [Weight("embeddings.position_embeddings")] private readonly Embedding position = new(positions, narrow);
    [Weight("embeddings.token_type_embeddings")] private readonly Embedding type = new(types, narrow);
    [Weight("embeddings.LayerNorm")] private readonly LayerNorm norm = new(narrow, epsilon);
    [Weight("encoder.embedding_hidden_mapping_in")] private readonly Linear widen = new(narrow, hidden);
    [Weight("encoder.albert_layer_groups.{i}")]
    private readonly Layers<AlbertGroup> groups =
        new(groupCount, () => new AlbertGroup(layersOfGroup, hidden, heads, intermediate, activation, epsilon));

    /// <summary>Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = widen[norm[word[ids] + type[ids.Types] + position[ids.Positions]]];
        for (int i = 0; i < depth; i++) x = groups[i * groupCount / depth].Forward(x);
        return x;
    }
}
