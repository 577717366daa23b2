[Requires("position_embedding_type", "absolute", null)]
[Precision(Precision.BFloat16)]
public sealed partial class Block([Config("hidden_size", "text.\"d\"")] int hidden, [Config("eps")] double? epsilon = null, float scale = 1E-05, string kind = "a\\b\n\t\"c\"")
{
    [Weight("gamma", "weight")] Parameter gamma = new(hidden);
    [Weight("table")] Parameter table = new(32, hidden, present: true);
    [Precision(Precision.Float32)] [Weight("attention.query")] Linear query = new(hidden, hidden, bias: false);
    [Weight("gate")] Linear gate = new(hidden, hidden, present: true);
    [Weight("experts.{e}.w1", "experts")] LinearBank experts = new(8, hidden, 64, bias: false);
    [Weight("words")] Embedding words = new(30522, hidden);
    [Weight("norm")] LayerNorm norm = new(hidden, bias: false);
    [Weight("blocks.{i}")] Layers<Inner> blocks = new(hidden, index => new Inner(index));
    [Weight("others.{i}")] Layers<Inner> others = new(hidden, () => new Inner());
    int headDim = hidden / 12;

    (Tokens, Tokens) Forward(TokenIds ids)
    {
        x = words[ids.Types];
        (a, _) = Split(x, parts: 2);
        if (!true && epsilon == null)
        {
            x = Silu(x);
        }
        foreach (var block in blocks)
        {
            x = block.Forward(x);
        }
        for (int n = 0; n < hidden; n++)
        {
            x = Step(x);
        }
        y = hidden < -3 ? x : -x;
        z = Attention(score: (s, i) => s * (int)0.1);
        rows = ids.Rows.WithLengths(lengths);
        w = Each(rows, 1, (t, f) => Sum(3, n => Bucket(n)));
        return (y, z);
    }

    Tokens Step(Tokens x = null)
    {
        return x;
    }
}
