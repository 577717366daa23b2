namespace KernelForge.Models;

/// <summary>A layer norm that the first layer of ModernBERT has not: there it gives what it gets. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class OptionalNorm(int hidden, double epsilon, bool bias, bool present)
{
    [Weight("weight")] private readonly Parameter scale = new(hidden, present: present);
    [Weight("bias")] private readonly Parameter shift = new(hidden, present: present && bias);

    /// <summary><c>[tokens, hidden]</c> to the same shape.</summary>
    public Tokens this[Tokens x] => present ? Normalise(x - Mean(x)) * scale + shift : x;

    private Tokens Normalise(Tokens centred) => centred * Rsqrt(Mean(centred * centred) + epsilon);
}

/// <summary>
/// One layer of ModernBERT: pre-norm attention, over the whole sequence or to <c>reach</c> tokens on either side, and a gated feed-forward.
/// <c>[tokens, hidden]</c> to the same shape.
/// </summary>
[TransformerLayer]
public sealed partial class ModernBertLayer(
    int hidden, int heads, int intermediate, Activation activation, float epsilon,
    bool normBias, bool attentionBias, bool feedForwardBias, bool isFirst, int reach)
{
    [Weight("attn_norm")] private readonly OptionalNorm attentionNorm = new(hidden, epsilon, normBias, present: !isFirst);
    [Weight("attn.Wqkv")] private readonly Linear queryKeyValue = new(hidden, 3 * hidden, attentionBias);
    [Weight("attn.Wo")] private readonly Linear project = new(hidden, hidden, attentionBias);
    [Weight("mlp_norm")] private readonly LayerNorm outputNorm = new(hidden, epsilon, normBias);
    [Weight("mlp.Wi")] private readonly Linear expand = new(hidden, 2 * intermediate, feedForwardBias);
    [Weight("mlp.Wo")] private readonly Linear contract = new(intermediate, hidden, feedForwardBias);

    /// <summary><c>[tokens, hidden]</c> to the same shape; the rotations are <c>[tokens, headDim / 2]</c>.</summary>
    public Tokens Forward(Tokens x, Tokens cos, Tokens sin)
    {
        (Tokens q, Tokens k, Tokens v) = Split(queryKeyValue[attentionNorm[x]], 3);
        x += project[Attention(
            Rotate(q, cos, sin, heads), Rotate(k, cos, sin, heads), v, heads, mask: (i, j) => i - j <= reach && j - i <= reach)];
        (Tokens input, Tokens gate) = Split(expand[outputNorm[x]], 2);
        return x + contract[activation[input] * gate];
    }
}

/// <summary>
/// ModernBERT's encoder (arXiv 2412.13663): every n-th layer attends to the whole sequence, the others near by, each kind with rotations of
/// its own. Ids to the last hidden state, <c>[tokens, hidden]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "modernbert")]
[IgnoreWeights("head.*", "decoder.*", "classifier.*")]
public sealed partial class ModernBertModel(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_activation")] Activation activation,
    [Config("global_attn_every_n_layers")] int every,
    [Config("local_attention")] int window,
    [Config("global_rope_theta")] double globalTheta = 160000,
    [Config("local_rope_theta")] double? localTheta = null,
    [Config("norm_bias")] bool normBias = false,
    [Config("attention_bias")] bool attentionBias = false,
    [Config("mlp_bias")] bool feedForwardBias = false,
    [Config("dtype")] string type = "float32",
    [Config("norm_eps")] float epsilon = 1e-5f) : ITokenModel
{
    private readonly int headDim = hidden / heads;
    [Weight("embeddings.tok_embeddings")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("embeddings.norm")] private readonly LayerNorm norm = new(hidden, epsilon, normBias);
    [Weight("layers.{i}")]
    private readonly Layers<ModernBertLayer> layers = new(depth, i => new ModernBertLayer(
        hidden, heads, intermediate, activation, epsilon, normBias, attentionBias, feedForwardBias,
        isFirst: i == 0, reach: i % every == 0 ? int.MaxValue : window / 2));
    [Weight("final_norm")] private readonly LayerNorm finalNorm = new(hidden, epsilon, normBias);

    /// <summary>Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = norm[word[ids]];
        double near = localTheta ?? globalTheta;
        bool float16 = type == "float16";
        Tokens globalCos = RotaryCos(x.Rows, headDim, globalTheta, float16), globalSin = RotarySin(x.Rows, headDim, globalTheta, float16);
        Tokens localCos = RotaryCos(x.Rows, headDim, near, float16), localSin = RotarySin(x.Rows, headDim, near, float16);
        for (int i = 0; i < depth; i++)
            x = i % every == 0 ? layers[i].Forward(x, globalCos, globalSin) : layers[i].Forward(x, localCos, localSin);
        return finalNorm[x];
    }
}
