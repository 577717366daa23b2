namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>
/// What decides a graph: room for rows and sequences of each input, for the rows of each space with lengths of its own, in an incremental run
/// for all rows that sequences ever had, and of each pair of spaces the attention family, and what is attended in parts.
/// </summary>
internal sealed class BatchKey
{
    /// <summary>Numbers of a pair: its family, room for results of parts, and whether it is attended tile by tile.</summary>
    private const int OfPair = 3;

    private readonly int inputs, lengths, totals;
    private readonly int[] values;

    public BatchKey(int inputs, int lengths, int pairs, int totals = 0)
    {
        (this.inputs, this.lengths, this.totals) = (inputs, lengths, totals);
        values = new int[(2 * inputs) + lengths + totals + (OfPair * pairs) + 2];
    }

    private BatchKey(BatchKey other) => (inputs, lengths, totals, values) = (other.inputs, other.lengths, other.totals, [.. other.values]);

    /// <summary>
    /// Whether every row space has rows. Kernels may overlap only then: one of which no block has work would end before those ahead of it,
    /// and the next would no longer wait for them.
    /// </summary>
    public bool HasRowsEverywhere
    {
        get => values[^1] != 0;
        set => values[^1] = value ? 1 : 0;
    }

    /// <summary>Whether a linear scan goes through a sequence that is long enough for chunks: kernels for these run only then.</summary>
    public bool HasLongSequences
    {
        get => values[^2] != 0;
        set => values[^2] = value ? 1 : 0;
    }

    public int Rows(int input) => values[2 * input];

    public int Sequences(int input) => values[(2 * input) + 1];

    public int RowsOfLengths(int number) => values[(2 * inputs) + number];

    public int TotalRows(int number) => values[(2 * inputs) + lengths + number];

    public AttentionFamily Family(int pair) => (AttentionFamily)values[Place(pair)];

    /// <summary>Room for results of parts: see <see cref="KeyParts"/>. 0 where no sequence is attended so.</summary>
    public int Slots(int pair) => values[Place(pair) + 1];

    /// <summary>Whether there are sequences that are attended tile by tile.</summary>
    public bool HasTiles(int pair) => values[Place(pair) + 2] != 0;

    public void SetInput(int input, int rows, int sequences) => (values[2 * input], values[(2 * input) + 1]) = (rows, sequences);

    public void SetRowsOfLengths(int number, int rows) => values[(2 * inputs) + number] = rows;

    public void SetTotalRows(int number, int rows) => values[(2 * inputs) + lengths + number] = rows;

    public void SetPair(int pair, AttentionFamily family, int slots, bool hasTiles) =>
        (values[Place(pair)], values[Place(pair) + 1], values[Place(pair) + 2]) = ((int)family, slots, hasTiles ? 1 : 0);

    public BatchKey Copy() => new(this);

    public bool Is(BatchKey other) => values.AsSpan().SequenceEqual(other.values);

    private int Place(int pair) => (2 * inputs) + lengths + totals + (OfPair * pair);

    /// <summary>For errors: <c>room for 1280 rows in 16 sequences</c>, of each input and each space with lengths or earlier rows of its own.</summary>
    public override string ToString() => "room for " + string.Join(
        " and ",
        Enumerable.Range(0, inputs).Select(i => $"{Rows(i)} rows in {Sequences(i)} sequences")
            .Concat(Enumerable.Range(0, lengths).Select(i => $"{RowsOfLengths(i)} rows of other lengths"))
            .Concat(Enumerable.Range(0, totals).Select(i => $"{TotalRows(i)} rows with those of earlier runs")));
}
