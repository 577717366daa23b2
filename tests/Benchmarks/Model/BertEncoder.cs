using KernelForge.Models;

namespace KernelForge.Benchmarks.Model;

/// <summary>The layers of BERT without its embeddings, [tokens, hidden] to the same shape: what the other contenders compute.</summary>
[TransformerModel]
internal sealed partial class BertEncoder(
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("num_attention_heads")] int heads,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("layer_norm_eps")] float epsilon)
{
    [Weight("encoder.layer.{i}")]
    private readonly Layers<BertLayer> layers =
        new(depth, () => new BertLayer(hidden, heads, intermediate, activation, epsilon));

    public Tokens Forward(Tokens x)
    {
        foreach (BertLayer layer in layers) x = layer.Forward(x);
        return x;
    }
}
