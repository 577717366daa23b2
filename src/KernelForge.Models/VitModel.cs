namespace KernelForge.Models;

/// <summary>One layer of ViT: BERT's, normed before attention and feed-forward. <c>[tokens, hidden]</c> to the same shape.</summary>
[TransformerLayer]
public sealed partial class VitLayer(int hidden, int heads, int intermediate, Activation activation, bool bias, float epsilon)
{
    [Weight("layernorm_before")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("attention.attention.query")] private readonly Linear query = new(hidden, hidden, bias);
    [Weight("attention.attention.key")] private readonly Linear key = new(hidden, hidden, bias);
    [Weight("attention.attention.value")] private readonly Linear value = new(hidden, hidden, bias);
    [Weight("attention.output.dense")] private readonly Linear project = new(hidden, hidden);
    [Weight("layernorm_after")] private readonly LayerNorm outputNorm = new(hidden, epsilon);
    [Weight("intermediate.dense")] private readonly Linear expand = new(hidden, intermediate);
    [Weight("output.dense")] private readonly Linear contract = new(intermediate, hidden);

    /// <summary><c>[tokens, hidden]</c> to the same shape.</summary>
    public Tokens Forward(Tokens x)
    {
        Tokens normed = attentionNorm[x];
        x += project[Attention(query[normed], key[normed], value[normed], heads)];
        return x + contract[activation[expand[outputNorm[x]]]];
    }
}

/// <summary>
/// The Vision Transformer (arXiv 2010.11929). A sequence is an image of <c>image_size</c> × <c>image_size</c> pixels, a row a pixel, line
/// after line from the top left, with a feature for each channel. To the last hidden state, <c>[tokens, hidden]</c>: a class token, then a
/// token a patch.
/// </summary>
[TransformerModel]
[Requires("model_type", "vit")]
[IgnoreWeights("pooler.*")]
public sealed partial class VitModel(
    [Config("image_size")] int side,
    [Config("patch_size")] int patch,
    [Config("num_channels")] int channels,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("qkv_bias")] bool bias = true,
    [Config("layer_norm_eps")] float epsilon = 1e-12f) : IFeatureModel
{
    private readonly int across = side / patch;

    [Weight("embeddings.patch_embeddings.projection")]
    private readonly Linear embed = new(channels * patch * patch, hidden);
    [Weight("embeddings.cls_token")] private readonly Parameter classToken = new(hidden);
    [Weight("embeddings.position_embeddings")] private readonly Parameter position = new(side / patch * (side / patch) + 1, hidden);
    [Weight("encoder.layer.{i}")]
    private readonly Layers<VitLayer> layers =
        new(depth, () => new VitLayer(hidden, heads, intermediate, activation, bias, epsilon));
    [Weight("layernorm")] private readonly LayerNorm norm = new(hidden, epsilon);

    /// <summary>Pixels <c>[pixels, channels]</c> to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(Tokens pixels)
    {
        Integers patches = pixels.Rows.Lengths.Select(count => Patches(count, side, patch));
        Tokens x = embed[Each(pixels.Rows.WithLengths(patches), pixels.Features * patch * patch, (t, f) =>
            pixels[t, ((((t / across * patch) + (f / patch % patch)) * side) + (t % across * patch)) + (f % patch), f / (patch * patch)])];
        x = Each(pixels.Rows.WithLengths(patches + Min(patches, 1)), hidden, (t, f) =>
            position[t, f] + (t == 0 ? classToken[f] : x[t, t - 1, f]));
        foreach (VitLayer layer in layers) x = layer.Forward(x);
        return norm[x];
    }

    /// <summary>How many patches an image of so many pixels has.</summary>
    /// <exception cref="ArgumentException">It is not of the size that the position table is for; no pixels at all are no image.</exception>
    internal static int Patches(int pixels, int side, int patch) => pixels == 0 ? 0 : pixels == side * side
        ? side / patch * (side / patch)
        : throw new ArgumentException($"an image of {pixels} pixels: the model reads images of {side} × {side}, a row a pixel");
}
