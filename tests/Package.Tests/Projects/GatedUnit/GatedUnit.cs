namespace User.Layers;

[TransformerLayer]
public sealed partial class GatedUnit(int hidden, int inner)
{
    [Weight("norm")] private readonly RmsNorm norm = new(hidden);
    [Weight("gate")] private readonly Linear gate = new(hidden, inner, bias: false);
    [Weight("up")] private readonly Linear up = new(hidden, inner, bias: false);
    [Weight("down")] private readonly Linear down = new(inner, hidden, bias: false);

    public Tokens Forward(Tokens x)
    {
        Tokens n = norm[x];
        return x + down[Silu(gate[n]) * up[n]];
    }
}
