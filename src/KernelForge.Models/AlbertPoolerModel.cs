namespace KernelForge.Models;

/// <summary>ALBERT with its pooler: a row a sequence from the first token. Ids to <c>[sequences, hidden]</c>.</summary>
[TransformerModel]
[Requires("model_type", "albert")]
[Requires("position_embedding_type", "absolute")]
[IgnoreWeights("embeddings.position_ids")]
public sealed partial class AlbertPoolerModel(
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
    [Config("layer_norm_eps")] float epsilon = 1e-12f) : ISequenceModel
{
    [Weight("")]
    private readonly AlbertModel encoder = new(
        vocabulary, narrow, hidden, depth, heads, intermediate, activation, positions, types, groupCount, layersOfGroup, epsilon);
    private readonly Linear pooler = new(hidden, hidden);

    /// <summary>Ids to <c>[sequences, hidden]</c>; a sequence without tokens counts as one of zeros.</summary>
    public Tokens Forward(TokenIds ids) => Tanh(pooler[SequenceFirst(encoder.Forward(ids))]);
}
