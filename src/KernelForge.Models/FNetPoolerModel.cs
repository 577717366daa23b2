namespace KernelForge.Models;

/// <summary>FNet with its pooler, which is BERT's. Ids to <c>[sequences, hidden]</c>.</summary>
[TransformerModel]
[Requires("model_type", "fnet")]
[Requires("use_tpu_fourier_optimizations", false)]
[IgnoreWeights("embeddings.position_ids")]
public sealed partial class FNetPoolerModel(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("type_vocab_size")] int types,
    [Config("layer_norm_eps")] float epsilon = 1e-12f) : ISequenceModel
{
    [Weight("")]
    private readonly FNetModel encoder = new(vocabulary, hidden, depth, intermediate, activation, positions, types, epsilon);
    [Weight("pooler")] private readonly BertPooler pooler = new(hidden);

    /// <summary>Ids to <c>[sequences, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids) => pooler.Forward(encoder.Forward(ids));
}
