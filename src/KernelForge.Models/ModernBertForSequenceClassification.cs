namespace KernelForge.Models;

/// <summary>
/// ModernBERT with a head on the first token or on the mean of a sequence: classifiers, and rerankers (one label). Ids to logits,
/// <c>[sequences, labels]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "modernbert")]
[Requires("architectures", "ModernBertForSequenceClassification")]
[Requires("classifier_pooling", "cls", "mean")]
public sealed partial class ModernBertForSequenceClassification(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_activation")] Activation activation,
    [Config("global_attn_every_n_layers")] int every,
    [Config("local_attention")] int window,
    [Config("classifier_activation")] Activation classifierActivation,
    [Config("classifier_pooling")] string pooling = "cls",
    [Config("classifier_bias")] bool classifierBias = false,
    [Config("global_rope_theta")] double globalTheta = 160000,
    [Config("local_rope_theta")] double? localTheta = null,
    [Config("norm_bias")] bool normBias = false,
    [Config("attention_bias")] bool attentionBias = false,
    [Config("mlp_bias")] bool feedForwardBias = false,
    [Config("dtype")] string type = "float32",
    [Config("norm_eps")] float epsilon = 1e-5f,
    [Config("id2label.count", "num_labels")] int labels = 2) : ISequenceModel
{
    [Weight("model")]
    private readonly ModernBertModel encoder = new(
        vocabulary, hidden, depth, heads, intermediate, activation, every, window, globalTheta, localTheta, normBias, attentionBias,
        feedForwardBias, type, epsilon);
    [Weight("head.dense")] private readonly Linear dense = new(hidden, hidden, classifierBias);
    [Weight("head.norm")] private readonly LayerNorm norm = new(hidden, epsilon, normBias);
    private readonly Linear classifier = new(hidden, labels);

    /// <summary>Ids to logits, <c>[sequences, labels]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = encoder.Forward(ids);
        Tokens pooled = pooling == "mean" ? SequenceMean(x) : SequenceFirst(x);
        return classifier[norm[classifierActivation[dense[pooled]]]];
    }
}
