using KernelForge.Models;

namespace KernelForge.Benchmarks.Decode;

/// <summary>The layers of Llama without its embeddings, [tokens, hidden] to the same shape, a token after the other.</summary>
[TransformerLayer]
[Incremental]
internal sealed partial class LlamaDecoder(int hidden, int depth, int heads, int keyValueHeads, int intermediate, Activation activation)
{
    private readonly int headWidth = hidden / heads;
    [Weight("layers.{i}")]
    private readonly Layers<LlamaLayer> layers =
        new(depth, () => new LlamaLayer(hidden, heads, keyValueHeads, hidden / heads, intermediate, activation, 1e-6f));

    public Tokens Forward(Tokens input)
    {
        Tokens x = input + 0;
        Tokens cos = RotaryCos(x.Rows, headWidth, 10000), sin = RotarySin(x.Rows, headWidth, 10000);
        foreach (LlamaLayer layer in layers) x = layer.Forward(x, cos, sin);
        return x;
    }
}
