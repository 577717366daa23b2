namespace KernelForge.Models;

/// <summary>
/// One layer of DeBERTa: BERT's, with scores that meet content with relative positions both ways. <c>[tokens, hidden]</c> to the same shape.
/// </summary>
[TransformerLayer]
public sealed partial class DebertaLayer(int hidden, int heads, int intermediate, Activation activation, int span, float epsilon)
{
    private readonly int headDim = hidden / heads;
    [Weight("attention.self.in_proj")] private readonly Linear queryKeyValue = new(hidden, 3 * hidden, bias: false);
    [Weight("attention.self.q_bias")] private readonly Parameter queryBias = new(hidden);
    [Weight("attention.self.v_bias")] private readonly Parameter valueBias = new(hidden);
    [Weight("attention.self.pos_proj")] private readonly Linear positionKey = new(hidden, hidden, bias: false);
    [Weight("attention.self.pos_q_proj")] private readonly Linear positionQuery = new(hidden, hidden);
    [Weight("attention.output.dense")] private readonly Linear project = new(hidden, hidden);
    [Weight("attention.output.LayerNorm")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("intermediate.dense")] private readonly Linear expand = new(hidden, intermediate);
    [Weight("output.dense")] private readonly Linear contract = new(intermediate, hidden);
    [Weight("output.LayerNorm")] private readonly LayerNorm outputNorm = new(hidden, epsilon);

    /// <summary><c>[tokens, hidden]</c> to the same shape; the distances are <c>[2 · span, hidden]</c>, from −span to span − 1.</summary>
    public Tokens Forward(Tokens x, Tokens distances)
    {
        Tokens all = queryKeyValue[x];
        Tokens q = Part(all, 0) + queryBias, k = Part(all, 1), v = Part(all, 2) + valueBias;
        Tokens pk = positionKey[distances], pq = positionQuery[distances];
        double scale = 1 / Sqrt(3 * headDim);
        Tokens context = Attention(q, k, v, heads, scale: scale, score: (s, i, j, h) => s + scale * Sum(headDim, d =>
            q[i, h * headDim + d] * pk[Min(Max(i - j + span, 0), 2 * span - 1), h * headDim + d]
            + k[j, h * headDim + d] * pq[Min(Max(i - j + span, 0), 2 * span - 1), h * headDim + d]));
        x = attentionNorm[x + project[context]];
        return outputNorm[x + contract[activation[expand[x]]]];
    }

    /// <summary>Queries, keys or values: each head has its own three beside one another.</summary>
    private Tokens Part(Tokens all, int part) =>
        Each(all.Rows, hidden, (t, f) => all[t, (f / headDim * 3 + part) * headDim + f % headDim]);
}

/// <summary>DeBERTa's encoder (arXiv 2006.03654), the first version. Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
[TransformerModel]
[Requires("model_type", "deberta")]
[Requires("relative_attention", true)]
[Requires("pos_att_type", "c2p|p2c", "p2c|c2p")]
[Requires("position_biased_input", false)]
[Requires("type_vocab_size", 0)]
[Requires("talking_head", false)]
[IgnoreWeights("embeddings.position_ids")]
public sealed partial class DebertaModel(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("max_relative_positions")] int relative = -1,
    [Config("layer_norm_eps")] float epsilon = 1e-7f) : ITokenModel
{
    private readonly int span = relative < 1 ? positions : relative;
    [Weight("embeddings.word_embeddings")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("embeddings.LayerNorm")] private readonly LayerNorm norm = new(hidden, epsilon);
    [Weight("encoder.rel_embeddings.weight")]
    private readonly Parameter distances = new(2 * (relative < 1 ? positions : relative), hidden);
    [Weight("encoder.layer.{i}")]
    private readonly Layers<DebertaLayer> layers = new(depth, () => new DebertaLayer(
        hidden, heads, intermediate, activation, relative < 1 ? positions : relative, epsilon));

    /// <summary>Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = norm[word[ids]];
        foreach (DebertaLayer layer in layers) x = layer.Forward(x, distances);
        return x;
    }
}
