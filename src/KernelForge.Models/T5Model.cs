namespace KernelForge.Models;

/// <summary>
/// Queries, keys and values of T5's attention to itself: <c>[rows, hidden]</c> to <c>[rows, width]</c> each. What it does with them stands
/// in <see cref="T5Model"/>, for the bias of the first layer serves all.
/// </summary>
[TransformerLayer]
public sealed partial class T5Projections(int hidden, int width, float epsilon)
{
    [Weight("layer_norm")] private readonly RmsNorm norm = new(hidden, epsilon);
    [Weight("SelfAttention.q")] private readonly Linear query = new(hidden, width, bias: false);
    [Weight("SelfAttention.k")] private readonly Linear key = new(hidden, width, bias: false);
    [Weight("SelfAttention.v")] private readonly Linear value = new(hidden, width, bias: false);

    /// <summary><c>[rows, hidden]</c> to queries, keys and values, <c>[rows, width]</c> each.</summary>
    public (Tokens Query, Tokens Key, Tokens Value) Forward(Tokens x)
    {
        Tokens normed = norm[x];
        return (query[normed], key[normed], value[normed]);
    }
}

/// <summary>The gate of a gated feed-forward: <c>[rows, hidden]</c> to <c>[rows, intermediate]</c>.</summary>
[TransformerLayer]
public sealed partial class T5Gate(int hidden, int intermediate)
{
    [Weight("")] private readonly Linear linear = new(hidden, intermediate, bias: false);

    /// <summary><c>[rows, hidden]</c> to <c>[rows, intermediate]</c>.</summary>
    public Tokens this[Tokens x] => GeluTanh(linear[x]);
}

/// <summary>T5's feed-forward: of ReLU, or gated by GELU. <c>[rows, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class T5FeedForward(int hidden, int intermediate, bool gated)
{
    [Weight("wi", "wi_1")] private readonly Linear expand = new(hidden, intermediate, bias: false);
    [Weight("wi_{i}")] private readonly Layers<T5Gate> gates = new(gated ? 1 : 0, () => new T5Gate(hidden, intermediate));
    [Weight("wo")] private readonly Linear contract = new(intermediate, hidden, bias: false);

    /// <summary><c>[rows, hidden]</c> to the same shape.</summary>
    public Tokens this[Tokens x]
    {
        get
        {
            Tokens inner = expand[x];
            if (!gated) inner = Relu(inner);
            foreach (T5Gate gate in gates) inner *= gate[x];
            return contract[inner];
        }
    }
}

/// <summary>What follows the attention in a layer of T5's encoder. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class T5EncoderLayer(int hidden, int width, int intermediate, bool gated, float epsilon)
{
    [Weight("layer.0.SelfAttention.o")] private readonly Linear output = new(width, hidden, bias: false);
    [Weight("layer.1.DenseReluDense")] private readonly T5FeedForward feedForward = new(hidden, intermediate, gated);
    [Weight("layer.1.layer_norm")] private readonly RmsNorm norm = new(hidden, epsilon);

    /// <summary><c>[tokens, hidden]</c> and what attention gave, <c>[tokens, width]</c>, to <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(Tokens x, Tokens context)
    {
        x += output[context];
        return x + feedForward[norm[x]];
    }
}

/// <summary>What follows the attention to itself in a layer of T5's decoder. <c>[target tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class T5DecoderLayer(int hidden, int heads, int width, int intermediate, bool gated, float epsilon)
{
    [Weight("layer.0.SelfAttention.o")] private readonly Linear output = new(width, hidden, bias: false);
    [Weight("layer.1.EncDecAttention.q")] private readonly Linear query = new(hidden, width, bias: false);
    [Weight("layer.1.EncDecAttention.k")] private readonly Linear key = new(hidden, width, bias: false);
    [Weight("layer.1.EncDecAttention.v")] private readonly Linear value = new(hidden, width, bias: false);
    [Weight("layer.1.EncDecAttention.o")] private readonly Linear project = new(width, hidden, bias: false);
    [Weight("layer.1.layer_norm")] private readonly RmsNorm crossNorm = new(hidden, epsilon);
    [Weight("layer.2.DenseReluDense")] private readonly T5FeedForward feedForward = new(hidden, intermediate, gated);
    [Weight("layer.2.layer_norm")] private readonly RmsNorm norm = new(hidden, epsilon);

    /// <summary>
    /// <c>[target tokens, hidden]</c>, what attention gave, <c>[target tokens, width]</c>, and the encoder's <c>[source tokens, hidden]</c>
    /// to <c>[target tokens, hidden]</c>.
    /// </summary>
    public Tokens Forward(Tokens x, Tokens context, Tokens memory)
    {
        x += output[context];
        x += project[Attention(query[crossNorm[x]], key[memory], value[memory], heads, scale: 1)];
        return x + feedForward[norm[x]];
    }
}

/// <summary>
/// T5 (arXiv 1910.10683), also mT5 and Flan-T5: ids of sources and of as many targets to the encoder's and the decoder's last hidden state,
/// <c>[source tokens, hidden]</c> and <c>[target tokens, hidden]</c>. The bias of the first layer serves all.
/// </summary>
[TransformerModel]
[Requires("model_type", "t5", "mt5")]
[Requires("feed_forward_proj", "relu", "gated-gelu")]
[IgnoreWeights(
    "encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight", "*.EncDecAttention.relative_attention_bias.weight")]
public sealed partial class T5Model(
    [Config("vocab_size")] int vocabulary,
    [Config("d_model")] int hidden,
    [Config("d_kv")] int headDim,
    [Config("d_ff")] int intermediate,
    [Config("num_heads")] int heads,
    [Config("num_layers")] int depth,
    [Config("num_decoder_layers")] int? decoderDepth = null,
    [Config("relative_attention_num_buckets")] int buckets = 32,
    [Config("relative_attention_max_distance")] int farthest = 128,
    [Config("feed_forward_proj")] string feedForward = "relu",
    [Config("layer_norm_epsilon")] float epsilon = 1e-6f) : IEncoderDecoderModel
{
    [Weight("shared", "encoder.embed_tokens")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight")]
    private readonly Parameter encoderBias = new(buckets, heads);
    [Weight("encoder.block.{i}.layer.0")]
    private readonly Layers<T5Projections> encoderProjections = new(depth, () => new T5Projections(hidden, heads * headDim, epsilon));
    [Weight("encoder.block.{i}")]
    private readonly Layers<T5EncoderLayer> encoder =
        new(depth, () => new T5EncoderLayer(hidden, heads * headDim, intermediate, feedForward == "gated-gelu", epsilon));
    [Weight("encoder.final_layer_norm")] private readonly RmsNorm encoderNorm = new(hidden, epsilon);
    [Weight("decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight")]
    private readonly Parameter decoderBias = new(buckets, heads);
    [Weight("decoder.block.{i}.layer.0")]
    private readonly Layers<T5Projections> decoderProjections =
        new(decoderDepth ?? depth, () => new T5Projections(hidden, heads * headDim, epsilon));
    [Weight("decoder.block.{i}")]
    private readonly Layers<T5DecoderLayer> decoder =
        new(decoderDepth ?? depth, () => new T5DecoderLayer(
            hidden, heads, heads * headDim, intermediate, feedForward == "gated-gelu", epsilon));
    [Weight("decoder.final_layer_norm")] private readonly RmsNorm decoderNorm = new(hidden, epsilon);

    /// <summary>
    /// Ids to the encoder's and the decoder's last hidden state, <c>[source tokens, hidden]</c> and <c>[target tokens, hidden]</c>.
    /// </summary>
    public (Tokens Encoder, Tokens Decoder) Forward(TokenIds source, TokenIds target)
    {
        Tokens memory = word[source];
        for (int l = 0; l < depth; l++)
        {
            (Tokens q, Tokens k, Tokens v) = encoderProjections[l].Forward(memory);
            Tokens context = Attention(q, k, v, heads, scale: 1, score: (s, i, j, h) =>
                s + encoderBias[Bucket(j - i, buckets, farthest, false), h]);
            memory = encoder[l].Forward(memory, context);
        }
        memory = encoderNorm[memory];
        Tokens x = word[target];
        for (int l = 0; l < decoder.Count; l++)
        {
            (Tokens q, Tokens k, Tokens v) = decoderProjections[l].Forward(x);
            Tokens context = Attention(q, k, v, heads, scale: 1, mask: (i, j) => j <= i, score: (s, i, j, h) =>
                s + decoderBias[Bucket(j - i, buckets, farthest, true), h]);
            x = decoder[l].Forward(x, context, memory);
        }
        return (memory, decoderNorm[x]);
    }

    /// <summary>
    /// The bucket of a distance from query to key: one for each short distance, then logarithmically wider ones. Half of them are for keys
    /// behind the query, unless those are not seen.
    /// </summary>
    internal static int Bucket(int distance, int buckets, int farthest, bool isCausal)
    {
        int each = isCausal ? buckets : buckets / 2, exact = each / 2;
        int first = !isCausal && distance > 0 ? each : 0, far = isCausal ? Math.Max(-distance, 0) : Math.Abs(distance);
        if (far < exact) return first + far;
        // In single precision, as the buckets were made when the tables were trained.
        float wider = MathF.Log(far / (float)exact) / (float)Math.Log((double)farthest / exact) * (each - exact);
        return first + Math.Min(exact + (int)wider, each - 1);
    }
}
