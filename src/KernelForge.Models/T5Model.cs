namespace KernelForge.Models;

/// <summary>T5's attention to its own rows: unscaled, with a learned bias a distance. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class T5SelfAttention(int hidden, int heads, int width, int buckets, int farthest, bool causal, float epsilon)
{
    [Weight("layer_norm")] private readonly RmsNorm norm = new(hidden, epsilon);
    [Weight("SelfAttention.q")] private readonly Linear query = new(hidden, width, bias: false);
    [Weight("SelfAttention.k")] private readonly Linear key = new(hidden, width, bias: false);
    [Weight("SelfAttention.v")] private readonly Linear value = new(hidden, width, bias: false);
    [Weight("SelfAttention.o")] private readonly Linear output = new(width, hidden, bias: false);

    /// <summary><c>[tokens, hidden]</c> to the same shape; the biases are <c>[buckets, heads]</c>.</summary>
    public Tokens Forward(Tokens x, Tokens bias)
    {
        Tokens normed = norm[x];
        return x + output[Attention(
            query[normed], key[normed], value[normed], heads, scale: 1, mask: (i, j) => !causal || j <= i,
            score: (s, i, j, h) => s + bias[T5Model.Bucket(j - i, buckets, farthest, causal), h])];
    }
}

/// <summary>T5's attention to the encoder's rows. <c>[target tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class T5CrossAttention(int hidden, int heads, int width, float epsilon)
{
    [Weight("layer_norm")] private readonly RmsNorm norm = new(hidden, epsilon);
    [Weight("EncDecAttention.q")] private readonly Linear query = new(hidden, width, bias: false);
    [Weight("EncDecAttention.k")] private readonly Linear key = new(hidden, width, bias: false);
    [Weight("EncDecAttention.v")] private readonly Linear value = new(hidden, width, bias: false);
    [Weight("EncDecAttention.o")] private readonly Linear output = new(width, hidden, bias: false);

    /// <summary><c>[target tokens, hidden]</c> and the encoder's <c>[source tokens, hidden]</c> to the former shape.</summary>
    public Tokens Forward(Tokens x, Tokens memory) =>
        x + output[Attention(query[norm[x]], key[memory], value[memory], heads, scale: 1)];
}

/// <summary>T5's feed-forward: of ReLU, or gated by GELU. <c>[rows, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class T5FeedForward(int hidden, int intermediate, string kind, float epsilon)
{
    [Weight("layer_norm")] private readonly RmsNorm norm = new(hidden, epsilon);
    [Weight("DenseReluDense.wi", "DenseReluDense.wi_1")] private readonly Linear expand = new(hidden, intermediate, bias: false);
    [Weight("DenseReluDense.wi_0")]
    private readonly Linear gate = new(hidden, intermediate, bias: false, present: kind == "gated-gelu");
    [Weight("DenseReluDense.wo")] private readonly Linear contract = new(intermediate, hidden, bias: false);

    /// <summary><c>[rows, hidden]</c> to the same shape.</summary>
    public Tokens this[Tokens x] => x + contract[Inner(norm[x])];

    private Tokens Inner(Tokens x) => kind == "gated-gelu" ? GeluTanh(gate[x]) * expand[x] : Relu(expand[x]);
}

/// <summary>
/// T5 (arXiv 1910.10683), also mT5 and Flan-T5: ids of sources and of as many targets to the encoder's and the decoder's last hidden state,
/// <c>[source tokens, hidden]</c> and <c>[target tokens, hidden]</c>. The biases of the first layer serve all.
/// </summary>
[TransformerModel]
[Requires("model_type", "t5", "mt5")]
[Requires("feed_forward_proj", "relu", "gated-gelu")]
[IgnoreWeights("*.embed_tokens.weight", "lm_head.weight", "*.EncDecAttention.relative_attention_bias.weight")]
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
    private readonly Layers<T5SelfAttention> encoderAttention =
        new(depth, () => new T5SelfAttention(hidden, heads, heads * headDim, buckets, farthest, causal: false, epsilon));
    [Weight("encoder.block.{i}.layer.1")]
    private readonly Layers<T5FeedForward> encoderFeedForward =
        new(depth, () => new T5FeedForward(hidden, intermediate, feedForward, epsilon));
    [Weight("encoder.final_layer_norm")] private readonly RmsNorm encoderNorm = new(hidden, epsilon);
    [Weight("decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight")]
    private readonly Parameter decoderBias = new(buckets, heads);
    [Weight("decoder.block.{i}.layer.0")]
    private readonly Layers<T5SelfAttention> decoderAttention = new(
        decoderDepth ?? depth, () => new T5SelfAttention(hidden, heads, heads * headDim, buckets, farthest, causal: true, epsilon));
    [Weight("decoder.block.{i}.layer.1")]
    private readonly Layers<T5CrossAttention> cross =
        new(decoderDepth ?? depth, () => new T5CrossAttention(hidden, heads, heads * headDim, epsilon));
    [Weight("decoder.block.{i}.layer.2")]
    private readonly Layers<T5FeedForward> decoderFeedForward =
        new(decoderDepth ?? depth, () => new T5FeedForward(hidden, intermediate, feedForward, epsilon));
    [Weight("decoder.final_layer_norm")] private readonly RmsNorm decoderNorm = new(hidden, epsilon);

    /// <summary>Ids to both last hidden states, <c>[source tokens, hidden]</c> and <c>[target tokens, hidden]</c>.</summary>
    public (Tokens Encoder, Tokens Decoder) Forward(TokenIds source, TokenIds target)
    {
        Tokens memory = word[source], x = word[target];
        for (int l = 0; l < depth; l++)
            memory = encoderFeedForward[l][encoderAttention[l].Forward(memory, encoderBias)];
        memory = encoderNorm[memory];
        for (int l = 0; l < cross.Count; l++)
            x = decoderFeedForward[l][cross[l].Forward(decoderAttention[l].Forward(x, decoderBias), memory)];
        return (memory, decoderNorm[x]);
    }

    /// <summary>The bucket of a distance from query to key: one a short distance, then ever wider ones; half are for keys ahead.</summary>
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
