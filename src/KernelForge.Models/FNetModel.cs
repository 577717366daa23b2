namespace KernelForge.Models;

/// <summary>
/// One layer of FNet: the real part of a Fourier transform over tokens and features in the place of attention, and a feed-forward.
/// <c>[tokens, hidden]</c> to the same shape.
/// </summary>
[TransformerLayer]
public sealed partial class FNetLayer(int hidden, int intermediate, Activation activation, float epsilon)
{
    [Weight("fourier.output.LayerNorm")] private readonly LayerNorm fourierNorm = new(hidden, epsilon);
    [Weight("intermediate.dense")] private readonly Linear expand = new(hidden, intermediate);
    [Weight("output.dense")] private readonly Linear contract = new(intermediate, hidden);
    [Weight("output.LayerNorm")] private readonly LayerNorm outputNorm = new(hidden, epsilon);

    /// <summary><c>[tokens, hidden]</c> to the same shape; the waves are <c>[hidden, 2 · hidden]</c>: cosines, then sines.</summary>
    public Tokens Forward(Tokens x, Tokens waves)
    {
        Tokens features = Each(x.Rows, 2 * hidden, (t, f) => Sum(hidden, g => x[t, g] * waves[g, f]));
        // Over tokens it is attention whose weights are the waves: cosines for the one half of the features, −sines for the other.
        Tokens one = Slice(x, 0, 2);
        Tokens mixed = Attention(one, one, features, heads: 2, softmax: false, score: (s, i, j, h) => h == 0
            ? Cos(2 * Math.PI * (i * j % x.Length(i)) / x.Length(i))
            : -Sin(2 * Math.PI * (i * j % x.Length(i)) / x.Length(i)));
        (Tokens cosines, Tokens sines) = Split(mixed, 2);
        x = fourierNorm[x + cosines + sines];
        return outputNorm[x + contract[activation[expand[x]]]];
    }
}

/// <summary>
/// FNet's encoder (arXiv 2105.03824): each sequence is transformed at its own length. Ids to the last hidden state, <c>[tokens, hidden]</c>.
/// The pooler that some checkpoints carry is not used.
/// </summary>
[TransformerModel]
[Requires("model_type", "fnet")]
[Requires("use_tpu_fourier_optimizations", false)]
[IgnoreWeights("pooler.*", "embeddings.position_ids")]
public sealed partial class FNetModel(
    [Config("vocab_size")] int vocabulary,
    [Config("hidden_size")] int hidden,
    [Config("num_hidden_layers")] int depth,
    [Config("intermediate_size")] int intermediate,
    [Config("hidden_act")] Activation activation,
    [Config("max_position_embeddings")] int positions,
    [Config("type_vocab_size")] int types,
    [Config("layer_norm_eps")] float epsilon = 1e-12f) : ITokenModel
{
    [Weight("embeddings.word_embeddings")] private readonly Embedding word = new(vocabulary, hidden);
    [Weight("embeddings.position_embeddings")] private readonly Embedding position = new(positions, hidden);
    [Weight("embeddings.token_type_embeddings")] private readonly Embedding type = new(types, hidden);
    [Weight("embeddings.LayerNorm")] private readonly LayerNorm norm = new(hidden, epsilon);
    [Weight("embeddings.projection")] private readonly Linear project = new(hidden, hidden);
    [Weight("encoder.layer.{i}")]
    private readonly Layers<FNetLayer> layers = new(depth, () => new FNetLayer(hidden, intermediate, activation, epsilon));

    /// <summary>Ids to the last hidden state, <c>[tokens, hidden]</c>.</summary>
    public Tokens Forward(TokenIds ids)
    {
        Tokens x = project[norm[word[ids] + type[ids.Types] + position[ids.Positions]]];
        Tokens waves = Each(RowSpace.Table(hidden), 2 * hidden, (g, f) => f < hidden
            ? Cos(2 * Math.PI * (g * f % hidden) / hidden)
            : Sin(2 * Math.PI * (g * (f - hidden) % hidden) / hidden));
        foreach (FNetLayer layer in layers) x = layer.Forward(x, waves);
        return x;
    }
}
