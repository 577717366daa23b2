using KernelForge.Papers;

namespace KernelForge.Families.Papers;

// Values within the first layer of a paper's model that its reference implementation kept: each puts the paper's own layers together up to
// there. One that is asked for more than the layers give says it again with its own fields.

/// <summary>Activator after one layer.</summary>
[TransformerModel]
[IgnoreWeights("model.*")]
internal sealed partial class ActivatorHidden(
    [Config("hidden")] int hidden, [Config("ffn")] int inner, [Config("eps")] double epsilon)
{
    [Weight("model.0")] private readonly ActivatorLayer layer = new(hidden, inner, epsilon);

    public Tokens Forward(Tokens x) => layer.Forward(x);
}

/// <summary>What Combiner's first attention reads.</summary>
[TransformerModel]
[IgnoreWeights("layers.*")]
internal sealed partial class CombinerMixed(
    [Config("hidden")] int hidden, [Config("heads")] int heads, [Config("segment")] int segment, [Config("eps")] double epsilon)
{
    [Weight("layers.0.ln0")] private readonly LayerNorm norm = new(hidden, epsilon);
    [Weight("layers.0")] private readonly CombinerAttention attention = new(hidden, heads, segment);

    public Tokens Forward(Tokens x) => attention[norm[x]];
}

/// <summary>EcoFormer's codes.</summary>
[TransformerModel]
[IgnoreWeights("layers.*")]
internal sealed partial class EcoFormerCode(
    [Config("hidden")] int hidden, [Config("heads")] int heads, [Config("bits")] int bits, [Config("anchors")] int anchors,
    [Config("eps")] double epsilon)
{
    [Weight("layers.0.norm1")] private readonly LayerNorm norm = new(hidden, epsilon);
    [Weight("layers.0.attn")] private readonly BinaryHash hash = new(hidden, heads, bits, anchors);

    public Tokens Forward(Tokens x) => hash[norm[x]];
}

/// <summary>EcoFormer with the values of all tokens.</summary>
[TransformerModel]
internal sealed partial class EcoFormerOfAll(
    [Config("hidden")] int hidden, [Config("layers")] int depth, [Config("heads")] int heads, [Config("mlp")] int inner,
    [Config("bits")] int bits, [Config("anchors")] int anchors, [Config("eps")] double epsilon)
{
    private readonly Layers<EcoFormerLayer> layers =
        new(depth, () => new EcoFormerLayer(hidden, heads, inner, bits, anchors, epsilon, ofAll: true));

    public Tokens Forward(Tokens x)
    {
        foreach (EcoFormerLayer layer in layers) x = layer.Forward(x);
        return x;
    }
}

/// <summary>FIT's tokens after the first layer.</summary>
[TransformerModel]
[IgnoreWeights("*")]
internal sealed partial class FitGrouped(
    [Config("hidden")] int hidden, [Config("heads")] int heads, [Config("group")] int group, [Config("mlp_ratio")] int ratio,
    [Config("eps")] double epsilon)
{
    [Weight("x_network.0")] private readonly FitEncoder first = new(hidden, heads, group, ratio, epsilon);

    public Tokens Forward(Tokens x) => first.Forward(x);
}

/// <summary>Informer before and after distillation.</summary>
[TransformerModel]
[IgnoreWeights("*")]
internal sealed partial class InformerDistilled(
    [Config("hidden")] int hidden, [Config("heads")] int heads, [Config("intermediate")] int inner,
    [Config("layer_norm_eps")] double epsilon, [Config("batch_norm_eps")] double batchEpsilon)
{
    [Weight("attn_layers.0")] private readonly InformerLayer layer = new(hidden, heads, inner, epsilon);
    [Weight("")] private readonly DistillingLayer distilling = new(hidden, heads, inner, epsilon, batchEpsilon);

    public (Tokens Hidden, Tokens Distilled) Forward(Tokens x, Integers sample) =>
        (layer.Forward(x, sample), distilling.Forward(x, sample));
}

/// <summary>Mamba's first scan, the states after the last token, and the rows after one layer.</summary>
[TransformerModel]
[IgnoreWeights("*")]
internal sealed partial class MambaScan(
    [Config("hidden")] int hidden, [Config("expand")] int expansion, [Config("state")] int states, [Config("conv_kernel")] int kernel,
    [Config("dt_rank")] int rank, [Config("eps")] double epsilon)
{
    private readonly int width = expansion * hidden;

    [Weight("layers.0")] private readonly MambaLayer layer = new(hidden, expansion * hidden, states, kernel, rank, epsilon);
    [Weight("layers.0.norm")] private readonly RmsNorm norm = new(hidden, epsilon);
    [Weight("layers.0.mixer.in_proj")] private readonly Linear input = new(hidden, 2 * expansion * hidden, bias: false);
    [Weight("layers.0.mixer.conv1d")]
    private readonly DepthwiseConvolution convolution = new(expansion * hidden, kernel, before: kernel - 1);
    [Weight("layers.0.mixer")] private readonly SelectiveScan scan = new(expansion * hidden, states, rank);
    [Weight("layers.0.mixer.x_proj")] private readonly Linear select = new(expansion * hidden, rank + 2 * states, bias: false);
    [Weight("layers.0.mixer.dt_proj")] private readonly Linear step = new(rank, expansion * hidden);
    [Weight("layers.0.mixer.A_log")] private readonly Parameter decay = new(expansion * hidden, states);

    public (Tokens Scan, Tokens State, Tokens Hidden) Forward(Tokens x)
    {
        Tokens u = Silu(convolution[Slice(input[norm[x]], 0, width)]);
        (Tokens r, Tokens b, Tokens _) = Split(select[u], rank, states, states);
        Tokens delta = Softplus(step[r]);
        Tokens all = Scan(
            x.Rows, width * states, 1,
            (t, f, n, h) => Exp(-delta[t, f / states] * Exp(decay[f / states, f % states])) * h
                + delta[t, f / states] * b[t, f % states] * u[t, f / states],
            (t, f, n, h) => h);
        return (scan[u], SequenceLast(all), layer.Forward(x));
    }
}

/// <summary>What MossFormer's first layer attends to, for its two values.</summary>
[TransformerModel]
[IgnoreWeights("layers.*")]
internal sealed partial class MossFormerAttended(
    [Config("hidden")] int hidden, [Config("query_key")] int width, [Config("group")] int group, [Config("expansion")] int expansion,
    [Config("conv_kernel")] int kernel, [Config("rotary")] int rotary, [Config("scale_norm_eps")] double epsilon)
{
    [Weight("layers.0")]
    private readonly MossFormerAttention attention = new(hidden, width, group, expansion * hidden, kernel, rotary, epsilon);

    public (Tokens V, Tokens U) Forward(Tokens x)
    {
        (Tokens _, Tokens _, Tokens v, Tokens u) = attention.Forward(x);
        return (v, u);
    }
}

/// <summary>PoNet's first mixer, and the rows after one layer.</summary>
[TransformerModel]
[IgnoreWeights("layer.*")]
internal sealed partial class PoNetMixed(
    [Config("hidden")] int hidden, [Config("heads")] int heads, [Config("intermediate")] int inner, [Config("window")] int window,
    [Config("layer_norm_eps")] double epsilon)
{
    [Weight("layer.0.attention.self")] private readonly PoolingMixer mixer = new(hidden, heads, window);
    [Weight("layer.0")] private readonly PoNetLayer layer = new(hidden, heads, inner, window, epsilon);

    public (Tokens Mixed, Tokens Hidden) Forward(Tokens x, Integers segment, Integers special) =>
        (mixer.Forward(x, segment, special), layer.Forward(x, segment, special));
}

/// <summary>RetNet's first retention, before its norm.</summary>
[TransformerModel]
[IgnoreWeights("*")]
internal sealed partial class RetNetRetained(
    [Config("hidden")] int hidden, [Config("heads")] int heads, [Config("value")] int valueWidth, [Config("eps")] double epsilon)
{
    [Weight("layers.0.retention_layer_norm")] private readonly RmsNorm norm = new(hidden, epsilon);
    [Weight("layers.0.retention")] private readonly Retention retention = new(hidden, heads, valueWidth);

    public Tokens Forward(Tokens x) => retention.Forward(norm[x]);
}

/// <summary>What the first attention and the first convolution of the streaming Conformer add.</summary>
[TransformerModel]
[IgnoreWeights("layers.*")]
internal sealed partial class StreamingConformerModules(
    [Config("hidden")] int hidden, [Config("heads")] int heads, [Config("ffn")] int inner, [Config("conv_kernel")] int kernel,
    [Config("left")] int left, [Config("right")] int right, [Config("eps")] double epsilon)
{
    [Weight("layers.0.norm_feed_forward1")] private readonly LayerNorm firstNorm = new(hidden, epsilon);
    [Weight("layers.0.feed_forward1.linear1")] private readonly Linear expand = new(hidden, inner);
    [Weight("layers.0.feed_forward1.linear2")] private readonly Linear contract = new(inner, hidden);
    [Weight("layers.0.norm_self_att")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("layers.0.self_attn")] private readonly ChunkedAttention attention = new(hidden, heads, left, right);
    [Weight("layers.0.norm_conv")] private readonly LayerNorm convolutionNorm = new(hidden, epsilon);
    [Weight("layers.0.conv")] private readonly CausalConvolution convolution = new(hidden, kernel, epsilon);

    public (Tokens Attended, Tokens Convolved) Forward(Tokens x)
    {
        x += 0.5 * contract[Silu(expand[firstNorm[x]])];
        Tokens attended = attention[attentionNorm[x]];
        return (attended, convolution[convolutionNorm[x + attended]]);
    }
}

/// <summary>WideNet's first shares of its experts, and the rows after one layer.</summary>
[TransformerModel]
[IgnoreWeights("*")]
internal sealed partial class WideNetGates(
    [Config("hidden")] int hidden, [Config("heads")] int heads, [Config("intermediate")] int inner, [Config("experts")] int experts,
    [Config("top_k")] int chosen, [Config("eps")] double epsilon)
{
    [Weight("attn")] private readonly WideNetAttention attention = new(hidden, heads);
    [Weight("moe")] private readonly WideNetExperts mixture = new(hidden, inner, experts, chosen);
    [Weight("moe.router")] private readonly Linear router = new(hidden, experts, bias: false);
    [Weight("norm1.0")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("norm2.0")] private readonly LayerNorm mixtureNorm = new(hidden, epsilon);

    public (Tokens Gates, Tokens Hidden) Forward(Tokens x)
    {
        x += attention[attentionNorm[x]];
        Tokens y = mixtureNorm[x];
        return (Softmax(router[y]), x + mixture[y]);
    }
}
