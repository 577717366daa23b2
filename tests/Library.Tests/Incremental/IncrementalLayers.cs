namespace KernelForge.Library.Tests.Incremental;

/// <summary>Causal attention of grouped heads with rotary positions, in layers; every row is a result.</summary>
[TransformerLayer]
[Incremental]
public sealed partial class Decoder(int hidden, int heads, int keyValueHeads, int depth, int window)
{
    private readonly Layers<DecoderLayer> layers = new(depth, () => new DecoderLayer(hidden, heads, keyValueHeads, window));

    public Tokens Forward(Tokens input)
    {
        Tokens x = input + 0;
        foreach (DecoderLayer layer in layers) x = layer.Forward(x);
        return x;
    }
}

[TransformerLayer]
public sealed partial class DecoderLayer(int hidden, int heads, int keyValueHeads, int window)
{
    private readonly int headDim = hidden / heads;
    private readonly Linear query = new(hidden, hidden), key = new(hidden, hidden / heads * keyValueHeads), value = new(hidden, hidden / heads * keyValueHeads);
    private readonly Linear project = new(hidden, hidden), expand = new(hidden, 2 * hidden), contract = new(2 * hidden, hidden);

    public Tokens Forward(Tokens x)
    {
        Tokens cos = RotaryCos(x.Rows, headDim, 10000), sin = RotarySin(x.Rows, headDim, 10000);
        Tokens q = Rotate(query[x], cos, sin, heads), k = Rotate(key[x], cos, sin, keyValueHeads);
        x += project[Attention(q, k, value[x], heads, keyValueHeads, mask: (i, j) => j <= i && i - j < window)];
        return x + contract[Gelu(expand[x])];
    }
}

/// <summary>A score that reads the rows of keys and a function of distances.</summary>
[TransformerLayer]
[Incremental]
public sealed partial class Scored(int hidden, int heads)
{
    private readonly Linear query = new(hidden, hidden), key = new(hidden, hidden), value = new(hidden, hidden), own = new(hidden, heads);
    private readonly Parameter near = new(8, heads);

    public Tokens Forward(Tokens x)
    {
        Tokens bias = own[x];
        return Attention(query[x], key[x], value[x], heads,
            score: (s, i, j, h) => s + near[Bucket(i - j), h] + bias[j, h] * bias[i, h], mask: (i, j) => j <= i);
    }

    internal static int Bucket(int distance) => Math.Clamp(distance, 0, 7);
}

/// <summary>What reaches back: convolutions, shifts, sums, all earlier rows, and a state.</summary>
[TransformerLayer]
[Incremental]
public sealed partial class Recurrent(int hidden, int states, int kernel)
{
    private readonly DepthwiseConvolution convolution = new(hidden, kernel, kernel - 1);
    private readonly Linear gate = new(hidden, hidden), input = new(hidden, states), output = new(hidden, states);
    private readonly Parameter decay = new(hidden, states);

    public Tokens Forward(Tokens x)
    {
        Tokens u = Silu(convolution[x + 0]), delta = Sigmoid(gate[x]), b = input[x], c = output[x];
        Tokens y = Scan(u.Rows, hidden, states,
            step: (t, f, n, h) => Exp(-delta[t, f] * Abs(decay[f, n])) * h + delta[t, f] * b[t, n] * u[t, f],
            output: (t, f, n, h) => h * c[t, n]);
        Tokens all = Each(x.Rows, hidden, (t, f) => Sum(t + 1, p => u[t, p, f] * delta[t, p, f]) / (t + 1));
        return y + Shift(u, 3) + 0.01 * CumulativeSum(delta) + all;
    }
}

/// <summary>Experts of which each row chooses two, and the last row of each sequence as the result.</summary>
[TransformerLayer]
[Incremental]
public sealed partial class Routed(int hidden, int inner, int experts, int k)
{
    private readonly Linear router = new(hidden, experts, bias: false), head = new(hidden, 5);
    [Weight("experts.{e}.up")] private readonly LinearBank up = new(experts, hidden, inner);
    [Weight("experts.{e}.down")] private readonly LinearBank down = new(experts, inner, hidden, bias: false);

    public Tokens Forward(Tokens x)
    {
        (Tokens gates, Tokens chosen) = TopK(Softmax(router[x]), k);
        Tokens slot = Each(x.Rows.WithLengths(k * x.Rows.Lengths), hidden, (r, f) => x[r, r / k, f]);
        Tokens expert = Each(slot.Rows, 1, (r, f) => chosen[r, r / k, r % k]);
        Tokens y = down[Silu(up[slot, expert]), expert];
        return head[SequenceLast(x + Each(x.Rows, hidden, (t, f) => Sum(k, s => gates[t, s] * y[t, (k * t) + s, f])))];
    }
}

/// <summary>An encoder that halves its rows, a decoder that looks at them, and learned positions.</summary>
[TransformerLayer]
[Incremental("target")]
public sealed partial class Translator(int hidden, int heads, int vocabulary, int positions)
{
    private readonly Embedding word = new(vocabulary, hidden), place = new(positions, hidden);
    private readonly Convolution stem = new(hidden, hidden, 3, 2, 1);
    private readonly Linear query = new(hidden, hidden), key = new(hidden, hidden), value = new(hidden, hidden);
    private readonly Linear cross = new(hidden, hidden), memoryKey = new(hidden, hidden), memoryValue = new(hidden, hidden);

    public Tokens Forward(Tokens source, TokenIds target)
    {
        Tokens memory = stem[source];
        memory += Attention(query[memory], key[memory], value[memory], heads);
        Tokens x = word[target] + place[target.Positions];
        x += Attention(query[x], key[x], value[x], heads, mask: (i, j) => j <= i);
        x += Attention(cross[x], memoryKey[memory], memoryValue[memory], heads);
        return x + Each(x.Rows, hidden, (t, f) => memory[t, t % 3, f]);
    }
}
