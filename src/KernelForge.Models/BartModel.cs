namespace KernelForge.Models;

/// <summary>BART's attention. Queries <c>[rows, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class BartAttention(int hidden, int heads, bool causal)
{
    [Weight("q_proj")] private readonly Linear query = new(hidden, hidden);
    [Weight("k_proj")] private readonly Linear key = new(hidden, hidden);
    [Weight("v_proj")] private readonly Linear value = new(hidden, hidden);
    [Weight("out_proj")] private readonly Linear output = new(hidden, hidden);

    /// <summary>Queries from <c>x [rows, hidden]</c>, keys and values from <c>memory</c>, to <c>[rows, hidden]</c>.</summary>
    public Tokens Forward(Tokens x, Tokens memory) => output[causal
        ? Attention(query[x], key[memory], value[memory], heads, mask: (i, j) => j <= i)
        : Attention(query[x], key[memory], value[memory], heads)];
}

/// <summary>A layer of BART's encoder, normed after each residual. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class BartEncoderLayer(int hidden, int heads, int intermediate, Activation activation)
{
    [Weight("self_attn")] private readonly BartAttention attention = new(hidden, heads, causal: false);
    [Weight("self_attn_layer_norm")] private readonly LayerNorm attentionNorm = new(hidden);
    [Weight("fc1")] private readonly Linear expand = new(hidden, intermediate);
    [Weight("fc2")] private readonly Linear contract = new(intermediate, hidden);
    [Weight("final_layer_norm")] private readonly LayerNorm outputNorm = new(hidden);

    /// <summary><c>[tokens, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x)
    {
        x = attentionNorm[x + attention.Forward(x, x)];
        return outputNorm[x + contract[activation[expand[x]]]];
    }
}

/// <summary>A layer of BART's decoder, normed after each residual. <c>[target tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class BartDecoderLayer(int hidden, int heads, int intermediate, Activation activation)
{
    [Weight("self_attn")] private readonly BartAttention attention = new(hidden, heads, causal: true);
    [Weight("self_attn_layer_norm")] private readonly LayerNorm attentionNorm = new(hidden);
    [Weight("encoder_attn")] private readonly BartAttention cross = new(hidden, heads, causal: false);
    [Weight("encoder_attn_layer_norm")] private readonly LayerNorm crossNorm = new(hidden);
    [Weight("fc1")] private readonly Linear expand = new(hidden, intermediate);
    [Weight("fc2")] private readonly Linear contract = new(intermediate, hidden);
    [Weight("final_layer_norm")] private readonly LayerNorm outputNorm = new(hidden);

    /// <summary><c>[target tokens, hidden]</c> and the encoder's <c>[source tokens, hidden]</c> to the former shape.</summary>
    public Tokens Forward(Tokens x, Tokens memory)
    {
        x = attentionNorm[x + attention.Forward(x, x)];
        x = crossNorm[x + cross.Forward(x, memory)];
        return outputNorm[x + contract[activation[expand[x]]]];
    }
}

/// <summary>
/// BART (arXiv 1910.13461): ids of sources and of as many targets to the encoder's and the decoder's last hidden state,
/// <c>[source tokens, hidden]</c> and <c>[target tokens, hidden]</c>.
/// </summary>
[TransformerModel]
[Requires("model_type", "bart")]
[Requires("normalize_before", false)]
[Requires("normalize_embedding", true)]
[Requires("add_final_layer_norm", false)]
[Requires("static_position_embeddings", false)]
[IgnoreWeights("encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight", "final_logits_bias")]
public sealed partial class BartModel(
    [Config("vocab_size")] int vocabulary,
    [Config("d_model")] int hidden,
    [Config("encoder_layers")] int depth,
    [Config("decoder_layers")] int decoderDepth,
    [Config("encoder_attention_heads")] int heads,
    [Config("decoder_attention_heads")] int decoderHeads,
    [Config("encoder_ffn_dim")] int intermediate,
    [Config("decoder_ffn_dim")] int decoderIntermediate,
    [Config("activation_function")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("scale_embedding")] bool scaleEmbedding = false) : IEncoderDecoderModel
{
    // The first two rows of the position tables are never used.
    private const int FirstPosition = 2;

    [Weight("shared", "encoder.embed_tokens")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("encoder.embed_positions")] private readonly Embedding encoderPosition = new(positions + FirstPosition, hidden);
    [Weight("encoder.layernorm_embedding")] private readonly LayerNorm encoderNorm = new(hidden);
    [Weight("encoder.layers.{i}")]
    private readonly Layers<BartEncoderLayer> encoder = new(depth, () => new BartEncoderLayer(hidden, heads, intermediate, activation));
    [Weight("decoder.embed_positions")] private readonly Embedding decoderPosition = new(positions + FirstPosition, hidden);
    [Weight("decoder.layernorm_embedding")] private readonly LayerNorm decoderNorm = new(hidden);
    [Weight("decoder.layers.{i}")]
    private readonly Layers<BartDecoderLayer> decoder =
        new(decoderDepth, () => new BartDecoderLayer(hidden, decoderHeads, decoderIntermediate, activation));

    /// <summary>
    /// Ids to the encoder's and the decoder's last hidden state, <c>[source tokens, hidden]</c> and <c>[target tokens, hidden]</c>.
    /// </summary>
    public (Tokens Encoder, Tokens Decoder) Forward(TokenIds source, TokenIds target)
    {
        double scale = scaleEmbedding ? Sqrt(hidden) : 1;
        Tokens memory = encoderNorm[word[source] * scale + encoderPosition[source.Positions + FirstPosition]];
        foreach (BartEncoderLayer layer in encoder) memory = layer.Forward(memory);
        Tokens x = decoderNorm[word[target] * scale + decoderPosition[target.Positions + FirstPosition]];
        foreach (BartDecoderLayer layer in decoder) x = layer.Forward(x, memory);
        return (memory, x);
    }
}
