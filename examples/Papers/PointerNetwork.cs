namespace KernelForge.Papers;

/// <summary>
/// The attention of a pointer network (arXiv 1506.03134). Encoder states <c>[n, hidden]</c> and decoder states <c>[m, hidden]</c> of each
/// sequence to the logarithm of the probability that a decoder state points to an encoder state, <c>[m · n, 1]</c>, all of one decoder state
/// one after another; and what each decoder state reads, <c>[m, hidden]</c>.
/// </summary>
[TransformerModel]
public sealed partial class PointerNetwork([Config("hidden")] int hidden)
{
    [Weight("W1")] private readonly Linear key = new(hidden, hidden, bias: false);
    [Weight("W2")] private readonly Linear query = new(hidden, hidden, bias: false);
    [Weight("v.weight")] private readonly Parameter direction = new(hidden);

    public (Tokens Pointers, Tokens Glimpse) Forward(Tokens encoder, Tokens decoder)
    {
        Tokens k = key[encoder], q = query[decoder];
        RowSpace pairs = decoder.Rows.WithLengths(decoder.Rows.Lengths * encoder.Rows.Lengths);
        Tokens u = Each(pairs, 1, (t, f) =>
            Sum(hidden, c => direction[c] * Tanh(k[t, t % k.Length(t), c] + q[t, t / k.Length(t), c])));
        Tokens greatest = Each(decoder.Rows, 1, (i, f) => Max(k.Length(i), j => u[i, i * k.Length(i) + j, 0]));
        Tokens sum = Each(decoder.Rows, 1, (i, f) => Sum(k.Length(i), j => Exp(u[i, i * k.Length(i) + j, 0] - greatest[i, 0])));
        Tokens pointers = Each(pairs, 1, (t, f) => u[t, 0] - greatest[t, t / k.Length(t), 0] - Log(sum[t, t / k.Length(t), 0]));
        Tokens glimpse = Each(decoder.Rows, hidden, (i, f) =>
            Sum(k.Length(i), j => Exp(pointers[i, i * k.Length(i) + j, 0]) * encoder[i, j, f]));
        return (pointers, glimpse);
    }
}
