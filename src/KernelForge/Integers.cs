using KernelForge.Reference;

namespace KernelForge;

/// <summary>
/// An integer for each row: ids, positions, types, lengths, and what is computed of them. The host knows all of them before a run. They
/// index an <see cref="Embedding"/>, are read by lambdas, and are lengths of new rows (<see cref="RowSpace.WithLengths"/>).
/// </summary>
public sealed partial class Integers
{
    private readonly int[] values;

    /// <summary>Takes one integer a row, in the order of the rows; the array is taken over, not copied.</summary>
    /// <exception cref="ArgumentException">There are more or fewer integers than rows.</exception>
    public Integers(RowSpace rows, int[] values)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != rows.Count)
            throw new ArgumentException($"{values.Length} integers for {rows}: one a row is needed", nameof(values));
        Rows = rows;
        this.values = values;
    }

    /// <summary>The rows these integers belong to.</summary>
    public RowSpace Rows { get; }

    /// <summary>The integers, one a row.</summary>
    public ReadOnlySpan<int> Values => values;

    /// <summary>What a lambda reads for one of its rows, which is of these rows, or of a sequence with one integer here.</summary>
    /// <exception cref="ArgumentException">The row is of another row space.</exception>
    public int this[Row t] => values[RowAccess.Own(Rows, t, this)];

    /// <summary>What a lambda reads at a position of its row's sequence; 0 where the sequence has no such row.</summary>
    /// <exception cref="ArgumentException">The row is of a batch with another number of sequences.</exception>
    public int this[Row t, int position]
    {
        get
        {
            int at = RowAccess.At(Rows, t, position, this);
            return at < 0 ? 0 : values[at];
        }
    }

    /// <summary>How many rows here the sequence of a lambda's row has.</summary>
    /// <exception cref="ArgumentException">The row is of a batch with another number of sequences.</exception>
    public int Length(Row t) => Rows.LengthOf(RowAccess.SequenceIn(Rows, t, this));

    /// <summary>A function of each integer, such as a bucket; it runs on the host.</summary>
    public Integers Select(Func<int, int> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new Integers(Rows, Array.ConvertAll(values, value => function(value)));
    }

    /// <summary>The shape, as messages name it: <c>[7 tokens] of integers</c>.</summary>
    public override string ToString() => $"[{Rows}] of integers";

    internal static Integers PositionsOf(RowSpace rows)
    {
        if (rows.IsTable) throw new InvalidOperationException($"{rows} of a table have no position in a sequence");
        int[] positions = new int[rows.Count];
        for (int s = 0; s < rows.SequenceCount; s++)
            for (int row = rows.Offsets[s]; row < rows.Offsets[s + 1]; row++)
                positions[row] = row - rows.Offsets[s];
        return new Integers(rows, positions);
    }
}
