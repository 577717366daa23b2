namespace KernelForge;

public static partial class Ops
{
    /// <summary>
    /// The <paramref name="k"/> greatest features of each row, the greatest first and equals in their order:
    /// <c>(Tokens values, Tokens indices) = TopK(x, 2)</c>, both <c>[rows, k]</c>. Indices are whole numbers, as a <see cref="LinearBank"/>
    /// takes them.
    /// </summary>
    /// <exception cref="ArgumentException">The value has fewer features.</exception>
    [LayerFunction]
    public static (Tokens Values, Tokens Indices) TopK(Tokens x, int k)
    {
        Tokens ranks = Each(x.Rows, x.Features, (t, f) => Sum(x.Features, g => Precedes(x[t, g], g, x[t, f], f)));
        // A slice, for it refuses more features than there are.
        Tokens indices = Each(x.Rows, Slice(x, 0, k).Features, (t, n) => ArgMax(x.Features, f => ranks[t, f] == n ? 1 : 0));
        return (Each(x.Rows, k, (t, n) => x[t, (int)indices[t, n]]), indices);
    }

    /// <summary>
    /// How many rows of the sequence come before each row, feature by feature, where they are ordered from the greatest on and equals by
    /// position: <c>[rows, features]</c> of whole numbers, 0 for the greatest.
    /// </summary>
    [LayerFunction]
    public static Tokens Rank(Tokens x) =>
        Each(x.Rows, x.Features, (t, f) => Sum(x.Length(t), p => Precedes(x[t, p, f], p, x[t, f], t)));

    /// <summary>
    /// Rows of <paramref name="x"/> by their positions: row t of the result is the row of t's sequence in x at the position that the first
    /// feature of <paramref name="index"/> says at t, cut to a whole number; zeros where the sequence has none there:
    /// <c>[rows of index, features]</c>.
    /// </summary>
    /// <param name="x"><c>[rows, features]</c>, of a batch with as many sequences as the index.</param>
    /// <param name="index"><c>[rows, 1]</c> of positions.</param>
    /// <exception cref="ArgumentException">They have not as many sequences.</exception>
    [LayerFunction]
    public static Tokens Gather(Tokens x, Tokens index) => Each(index.Rows, x.Features, (t, f) => x[t, (int)index[t, 0], f]);

    /// <summary>1 where a at place i comes before b at place j, from the greatest on and equals by place; else 0.</summary>
    [LayerFunction]
    private static double Precedes(double a, int i, double b, int j) => a > b || a == b && i < j ? 1 : 0;
}
