namespace KernelForge.Benchmarks.Recurrences;

/// <summary>Mamba's recurrence alone: <c>[tokens, 2 × inner + 2 × states]</c>, its steps, inputs and both projections side by side, to <c>[tokens, inner]</c>.</summary>
[TransformerLayer]
public sealed partial class SelectiveRecurrence(int inner, int states)
{
    private readonly Parameter decay = new(inner, states);

    public Tokens Forward(Tokens x)
    {
        (Tokens delta, Tokens u, Tokens b, Tokens c) = Split(x, inner, inner, states, states);
        return Scan(
            x.Rows, inner, states,
            step: (t, f, n, h) => Exp(-Abs(delta[t, f]) * Exp(decay[f, n])) * h + delta[t, f] * b[t, n] * u[t, f],
            output: (t, f, n, h) => h * c[t, n]);
    }
}

/// <summary>
/// RetNet's recurrence alone: queries, keys and values side by side, each head with a decay of its own. In an incremental run it goes row by
/// row.
/// </summary>
[TransformerLayer]
[Incremental]
public sealed partial class RetentionRecurrence(int hidden, int heads, int valueWidth)
{
    private readonly int keyWidth = hidden / heads;
    private readonly int headWidth = valueWidth / heads;

    public Tokens Forward(Tokens x)
    {
        (Tokens q, Tokens k, Tokens v) = Split(x, hidden, hidden, valueWidth);
        return Scan(
            x.Rows, valueWidth, keyWidth,
            step: (t, f, n, h) => (1 - Pow(2, -5 - f / headWidth)) * h + k[t, f / headWidth * keyWidth + n] * v[t, f],
            output: (t, f, n, h) => q[t, f / headWidth * keyWidth + n] * h);
    }
}
