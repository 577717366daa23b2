namespace KernelForge.Models;

/// <summary>
/// One layer of DeBERTa v2 and v3: relative positions go through the products of queries and keys. <c>[tokens, hidden]</c> to the same shape.
/// </summary>
[TransformerLayer]
public sealed partial class DebertaV2Layer(
    int hidden, int heads, int intermediate, Activation activation, int span, int longest, bool inBuckets, float epsilon)
{
    private readonly int headDim = hidden / heads;
    [Weight("attention.self.query_proj")] private readonly Linear query = new(hidden, hidden);
    [Weight("attention.self.key_proj")] private readonly Linear key = new(hidden, hidden);
    [Weight("attention.self.value_proj")] private readonly Linear value = new(hidden, hidden);
    [Weight("attention.output.dense")] private readonly Linear project = new(hidden, hidden);
    [Weight("attention.output.LayerNorm")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("intermediate.dense")] private readonly Linear expand = new(hidden, intermediate);
    [Weight("output.dense")] private readonly Linear contract = new(intermediate, hidden);
    [Weight("output.LayerNorm")] private readonly LayerNorm outputNorm = new(hidden, epsilon);

    /// <summary><c>[tokens, hidden]</c> to the same shape; the distances are <c>[2 · span, hidden]</c>.</summary>
    public Tokens Forward(Tokens x, Tokens distances)
    {
        Tokens q = query[x], k = key[x], pq = query[distances], pk = key[distances];
        double scale = 1 / Sqrt(3 * headDim);
        Tokens context = Attention(q, k, value[x], heads, scale: scale, score: (s, i, j, h) => s + scale * Sum(headDim, d =>
            q[i, h * headDim + d] * pk[RowOf(i - j, span, longest, inBuckets), h * headDim + d]
            + k[j, h * headDim + d] * pq[RowOf(i - j, span, longest, inBuckets), h * headDim + d]));
        x = attentionNorm[x + project[context]];
        return outputNorm[x + contract[activation[expand[x]]]];
    }

    /// <summary>
    /// The row of a distance: one each, or one for distances up to half of the span and logarithmic buckets beyond, of which
    /// <paramref name="longest"/> reaches the last.
    /// </summary>
    internal static int RowOf(int distance, int span, int longest, bool inBuckets)
    {
        int middle = span / 2, magnitude = Math.Abs(distance);
        if (inBuckets && magnitude > middle)
        {
            // In single precision, as the checkpoints were trained.
            float bucket = MathF.Ceiling(MathF.Log((float)magnitude / middle) / MathF.Log((float)(longest - 1) / middle) * (middle - 1));
            distance = Math.Sign(distance) * ((int)bucket + middle);
        }
        return Math.Clamp(distance + span, 0, (2 * span) - 1);
    }
}

/// <summary>
/// The encoder of DeBERTa v2 and v3 (arXiv 2006.03654, 2111.09543), without the convolution of some v2 checkpoints. Ids to the last hidden
/// state, <c>[tokens, hidden]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "deberta-v2")]
[Requires("relative_attention", true)]
[Requires("pos_att_type", "c2p|p2c", "p2c|c2p")]
[Requires("share_att_key", true)]
[Requires("norm_rel_ebd", "layer_norm")]
[Requires("position_biased_input", false)]
[Requires("type_vocab_size", 0)]
[Requires("conv_kernel_size", 0)]
[IgnoreWeights("embeddings.position_ids")]
public sealed partial class DebertaV2Model(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("max_relative_positions")] int relative = -1,
    [Config("position_buckets")] int buckets = -1,
    [Config("layer_norm_eps")] float epsilon = 1e-7f) : ITokenModel
{
    [Weight("embeddings.word_embeddings")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("embeddings.LayerNorm")] private readonly LayerNorm norm = new(hidden, epsilon);
    [Weight("encoder.rel_embeddings.weight")]
    private readonly Parameter distances = new(2 * (buckets > 0 ? buckets : relative < 1 ? positions : relative), hidden);
    [Weight("encoder.LayerNorm")] private readonly LayerNorm distanceNorm = new(hidden, epsilon);
    [Weight("encoder.layer.{i}")]
    private readonly Layers<DebertaV2Layer> layers = new(depth, () => new DebertaV2Layer(
        hidden, heads, intermediate, activation, buckets > 0 ? buckets : relative < 1 ? positions : relative,
        relative < 1 ? positions : relative, buckets > 0, epsilon));

    /// <summary>Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = norm[word[ids]];
        Tokens normed = distanceNorm[distances];
        foreach (DebertaV2Layer layer in layers) x = layer.Forward(x, normed);
        return x;
    }
}
