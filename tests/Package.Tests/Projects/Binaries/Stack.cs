using Library;

namespace User.Layers;

/// <summary>A stack of layers, and a function, that this project has as a binary alone.</summary>
[TransformerLayer]
public sealed partial class Stack(int hidden, int depth)
{
    [Weight("mixer.{i}")] private readonly Layers<Mixer> mixers = new(depth, () => new Mixer(hidden));

    public Tokens Forward(Tokens x)
    {
        foreach (Mixer mixer in mixers) x = mixer.Forward(x);
        return Gates.Leaky(x);
    }
}
