namespace KernelForge.Papers;

/// <summary>
/// FIT (arXiv 2305.12689), one block "(1)1(1)": attention of tokens within groups, and of a few latents a group over the whole sequence.
/// <c>[tokens, hidden]</c> to the tokens, of the same shape, and the latents, <c>[latents · groups, latent width]</c>.
/// </summary>
[TransformerModel]
public sealed partial class FitModel(
    [Config("hidden")] int hidden, [Config("latent")] int latentWidth, [Config("heads")] int heads, [Config("latent_heads")] int latentHeads,
    [Config("group")] int group, [Config("latents")] int latents, [Config("max_groups")] int groups, [Config("mlp_ratio")] int ratio,
    [Config("eps")] double epsilon)
{
    [Weight("latent_pos_emb")] private readonly Parameter start = new(groups * latents, latentWidth);
    [Weight("x_network.0")] private readonly FitEncoder first = new(hidden, heads, group, ratio, epsilon);
    [Weight("l2x_cross_attn.0")] private readonly FitCross read = new(latentWidth, hidden, heads, latents, group, epsilon);
    [Weight("l_network.0")] private readonly FitEncoder mix = new(latentWidth, latentHeads, int.MaxValue, ratio, epsilon);
    [Weight("x2l_cross_attn.0")] private readonly FitCross write = new(hidden, latentWidth, heads, group, latents, epsilon);
    [Weight("x_network.1")] private readonly FitEncoder second = new(hidden, heads, group, ratio, epsilon);
    [Weight("x_output_ln")] private readonly LayerNorm tokenNorm = new(hidden, epsilon);
    [Weight("l_output_ln")] private readonly LayerNorm latentNorm = new(latentWidth, epsilon);

    public (Tokens Tokens, Tokens Latents) Forward(Tokens x)
    {
        x = first.Forward(x);
        RowSpace rows = x.Rows.WithLengths((x.Rows.Lengths + (group - 1)) / group * latents);
        Tokens l = Each(rows, latentWidth, (t, f) => start[t, f]);
        l = mix.Forward(read.Forward(l, x));
        x = second.Forward(write.Forward(x, l));
        return (tokenNorm[x], latentNorm[l]);
    }
}

/// <summary>An encoder layer with its norms in front, whose rows see those of their own group.</summary>
[TransformerLayer]
public sealed partial class FitEncoder(int width, int heads, int group, int ratio, double epsilon)
{
    [Weight("mha_ln")] private readonly LayerNorm attentionNorm = new(width, epsilon);
    [Weight("mha.q")] private readonly Linear query = new(width, width);
    [Weight("mha.k")] private readonly Linear key = new(width, width);
    [Weight("mha.v")] private readonly Linear value = new(width, width);
    [Weight("mha.o")] private readonly Linear project = new(width, width);
    [Weight("mlp_ln")] private readonly LayerNorm unitNorm = new(width, epsilon);
    [Weight("dense1")] private readonly Linear expand = new(width, ratio * width);
    [Weight("dense2")] private readonly Linear contract = new(ratio * width, width);

    public Tokens Forward(Tokens x)
    {
        Tokens y = attentionNorm[x];
        x += project[Attention(query[y], key[y], value[y], heads, mask: (i, j) => i / group == j / group)];
        return x + contract[Gelu(expand[unitNorm[x]])];
    }
}

/// <summary>Rows read others of the same group: <paramref name="group"/> of the one and <paramref name="memoryGroup"/> of the other.</summary>
[TransformerLayer]
public sealed partial class FitCross(int width, int memoryWidth, int heads, int group, int memoryGroup, double epsilon)
{
    private readonly int inner = Min(width, memoryWidth);

    [Weight("cross_ln")] private readonly LayerNorm norm = new(width, epsilon);
    [Weight("enc_ln")] private readonly LayerNorm memoryNorm = new(memoryWidth, epsilon);
    [Weight("cross_mha.q")] private readonly Linear query = new(width, Min(width, memoryWidth));
    [Weight("cross_mha.k")] private readonly Linear key = new(memoryWidth, Min(width, memoryWidth));
    [Weight("cross_mha.v")] private readonly Linear value = new(memoryWidth, Min(width, memoryWidth));
    [Weight("cross_mha.o")] private readonly Linear project = new(Min(width, memoryWidth), width);

    public Tokens Forward(Tokens x, Tokens memory)
    {
        Tokens m = memoryNorm[memory];
        return x + project[Attention(query[norm[x]], key[m], value[m], heads, mask: (i, j) => i / group == j / memoryGroup)];
    }
}
