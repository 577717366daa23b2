namespace KernelForge.Models.Tests.Combinations;

public enum NormPlace { Before, After }

/// <summary>Activations that the description fixes, an enum, and a switch of texts: all chosen when weights are loaded.</summary>
[TransformerLayer]
public sealed partial class FixedChoices(int hidden, NormPlace place, string kind, int? width = null, Activation? given = null)
{
    private readonly int inner = width ?? 2 * hidden;
    private readonly Activation first = new(ActivationKind.Tanh);
    private readonly Activation second = given ?? Activation.Parse("gelu_new");
    private readonly Linear up = new(hidden, width ?? 2 * hidden);
    private readonly Linear down = new(width ?? 2 * hidden, hidden);
    private readonly LayerNorm norm = new(hidden);

    public Tokens Forward(Tokens x)
    {
        Tokens y = place is NormPlace.Before ? norm[x] : x;
        y = down[second[first[up[y]]]] * (inner / 7);
        y = kind switch { "half" => y / 2, "double" => y * 2, _ => -y };
        return place == NormPlace.After ? norm[x + y] : x + y;
    }
}
