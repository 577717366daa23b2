namespace User.Models;

/// <summary>Tags tokens by what they are alone.</summary>
[TransformerModel]
public sealed partial class Tagger([Config("vocabulary")] int vocabulary, [Config("hidden")] int hidden, [Config("tags")] int tags)
{
    private readonly Embedding words = new(vocabulary, hidden);
    private readonly LayerNorm norm = new(hidden, 1e-6);
    private readonly Linear output = new(hidden, tags);

    public Tokens Forward(TokenIds ids) => output[norm[words[ids]]];
}
