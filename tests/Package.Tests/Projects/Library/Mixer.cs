namespace Library;

public static partial class Gates
{
    [LayerFunction]
    public static Tokens Leaky(Tokens x) => Max(x, 0.1 * x);
}

[TransformerLayer]
public sealed partial class Mixer(int hidden)
{
    [Weight("norm")] private readonly LayerNorm norm = new(hidden);
    [Weight("mix")] private readonly Linear mix = new(hidden, hidden);

    public Tokens Forward(Tokens x) => x + Gates.Leaky(mix[norm[x]]);
}
