namespace KernelForge;

/// <summary>An integer for each row: ids, positions, types. What an <see cref="Embedding"/> is indexed with.</summary>
public sealed class Integers
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

    public static Integers operator +(Integers a, int b) => a.Map(value => checked(value + b));

    public static Integers operator +(int a, Integers b) => b + a;

    public static Integers operator -(Integers a, int b) => a.Map(value => checked(value - b));

    public static Integers operator -(int a, Integers b) => b.Map(value => checked(a - value));

    public static Integers operator *(Integers a, int b) => a.Map(value => checked(value * b));

    public static Integers operator *(int a, Integers b) => b * a;

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

    private Integers Map(Func<int, int> function) => new(Rows, Array.ConvertAll(values, value => function(value)));
}
