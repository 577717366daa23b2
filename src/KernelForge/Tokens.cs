using KernelForge.Reference;

namespace KernelForge;

/// <summary>
/// A value with rows: <c>[rows, features]</c>, the rows being the tokens of a ragged batch, its sequences, or a table's
/// (<see cref="RowSpace"/>). Here, in the reference run, the numbers are doubles, row after row.
/// </summary>
/// <remarks>
/// Arithmetic works element by element on two values with the same row space. A table of one row counts for every row; a value with one row
/// a sequence (<see cref="RowSpace.Sequences"/>) counts for every token of its sequence; a value with one feature counts for every feature.
/// Anything else throws <see cref="ArgumentException"/> with both shapes.
/// </remarks>
public sealed class Tokens
{
    private readonly double[] values;

    /// <summary>Takes <c>[rows, features]</c> numbers, row after row; the array is taken over, not copied.</summary>
    /// <exception cref="ArgumentException">There is no feature, or the array has another length than rows × features.</exception>
    public Tokens(RowSpace rows, int features, double[] values)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(values);
        if (features < 1) throw new ArgumentException($"[{rows}, {features}]: a value has at least 1 feature", nameof(features));
        if (values.LongLength != (long)rows.Count * features)
            throw new ArgumentException($"{values.Length} numbers for [{rows}, {features}]", nameof(values));
        Rows = rows;
        Features = features;
        Storage.Round(values);
        this.values = values;
    }

    internal Tokens(RowSpace rows, int features)
        : this(rows, features, Zeros(rows, features))
    {
    }

    /// <summary>Which rows these are.</summary>
    public RowSpace Rows { get; }

    /// <summary>The number of features (columns).</summary>
    public int Features { get; }

    /// <summary>The position of each row within its sequence, counted from 0.</summary>
    /// <exception cref="InvalidOperationException">The rows are those of a table, which belong to no sequence.</exception>
    public Integers Positions => Integers.PositionsOf(Rows);

    /// <summary>All numbers, row after row: <c>[rows × features]</c>.</summary>
    public ReadOnlySpan<double> Values => values;

    internal double[] Array => values;

    /// <summary>
    /// What a lambda reads for one of its rows. The row is of this value's row space; or this is a one-row table, or has one row for each
    /// sequence of the row's space.
    /// </summary>
    /// <exception cref="ArgumentException">The row is of another row space, or there is no such feature.</exception>
    public double this[Row row, int feature]
    {
        get
        {
            if ((uint)feature >= (uint)Features) throw NoFeature(feature);
            return values[(RowAccess.Own(Rows, row, this) * Features) + feature];
        }
    }

    /// <summary>
    /// What a lambda reads at a position of its row's sequence, in this value's own rows (of any batch with as many sequences); 0 where the
    /// sequence has no such row.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// There is no such feature, this is a table, or the row is of a batch with another number of sequences.
    /// </exception>
    public double this[Row row, int position, int feature]
    {
        get
        {
            if ((uint)feature >= (uint)Features) throw NoFeature(feature);
            int at = RowAccess.At(Rows, row, position, this);
            return at < 0 ? 0 : values[(at * Features) + feature];
        }
    }

    /// <summary>An element of a table.</summary>
    /// <exception cref="ArgumentException">This is no table, or there is no such element.</exception>
    public double this[int row, int column]
    {
        get
        {
            if (!Rows.IsTable || (uint)row >= (uint)Rows.Count || (uint)column >= (uint)Features) throw NoElement(row, column);
            return values[(row * Features) + column];
        }
    }

    /// <summary>How many rows here the sequence of a lambda's row has.</summary>
    /// <exception cref="ArgumentException">This is a table, or the row is of a batch with another number of sequences.</exception>
    public int Length(Row t) => Rows.LengthOf(RowAccess.SequenceIn(Rows, t, this));

    public static Tokens operator +(Tokens a, Tokens b) => Elementwise.Map("+", a, b, static (x, y) => x + y);

    public static Tokens operator +(Tokens a, double b) => Elementwise.Map(a, x => x + b);

    public static Tokens operator +(double a, Tokens b) => Elementwise.Map(b, x => a + x);

    public static Tokens operator -(Tokens a, Tokens b) => Elementwise.Map("-", a, b, static (x, y) => x - y);

    public static Tokens operator -(Tokens a, double b) => Elementwise.Map(a, x => x - b);

    public static Tokens operator -(double a, Tokens b) => Elementwise.Map(b, x => a - x);

    public static Tokens operator *(Tokens a, Tokens b) => Elementwise.Map("*", a, b, static (x, y) => x * y);

    public static Tokens operator *(Tokens a, double b) => Elementwise.Map(a, x => x * b);

    public static Tokens operator *(double a, Tokens b) => Elementwise.Map(b, x => a * x);

    public static Tokens operator /(Tokens a, Tokens b) => Elementwise.Map("/", a, b, static (x, y) => x / y);

    public static Tokens operator /(Tokens a, double b) => Elementwise.Map(a, x => x / b);

    public static Tokens operator /(double a, Tokens b) => Elementwise.Map(b, x => a / x);

    public static Tokens operator -(Tokens a) => Elementwise.Map(a, static x => -x);

    /// <summary>The shape, as messages name it: <c>[7 tokens, 64]</c>.</summary>
    public override string ToString() => $"[{Rows}, {Features}]";

    private static double[] Zeros(RowSpace rows, int features)
    {
        long count = (long)rows.Count * features;
        if (count > System.Array.MaxLength)
            throw new ArgumentException(
                $"[{rows}, {features}] has {count} numbers, the reference run holds {System.Array.MaxLength} in a value: take fewer sequences");
        return new double[count];
    }

    private ArgumentException NoFeature(int feature) =>
        new($"feature {feature} of {this}: features are 0 to {Features - 1}", nameof(feature));

    private ArgumentException NoElement(int row, int column) => new(
        Rows.IsTable ? $"element [{row}, {column}] of {this}: there is none"
        : $"{this} read at row {row}: only a table is read by a number, tokens by a Row");
}
