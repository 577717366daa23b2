using System.Collections.Immutable;
using KernelForge.Reference;

namespace KernelForge;

/// <summary>
/// Learned numbers that a description reads itself: a row of <c>[columns]</c>, which broadcasts to every row, or a table
/// <c>[rows, columns]</c>. Lambdas read single elements.
/// </summary>
public sealed class Parameter
{
    private readonly StoredTensor? tensor;
    private readonly RowSpace rowSpace;
    private Tokens? tokens;

    /// <summary>A row <c>[columns]</c>; with <paramref name="present"/> false it expects no tensor and reads as zeros.</summary>
    /// <exception cref="ArgumentException"><paramref name="columns"/> is below 1.</exception>
    public Parameter(int columns, bool present = true)
        : this(1, columns, [columns], present)
    {
    }

    /// <summary>A table <c>[rows, columns]</c>.</summary>
    /// <exception cref="ArgumentException">A side is below 1.</exception>
    public Parameter(int rows, int columns)
        : this(rows, columns, [rows, columns], present: true)
    {
    }

    private Parameter(int rows, int columns, ImmutableArray<int> shape, bool present)
    {
        string description = $"Parameter [{string.Join(", ", shape)}]";
        if (rows < 1 || columns < 1) throw new ArgumentException($"{description}: every side is at least 1");
        Rows = rows;
        Columns = columns;
        Shape = shape;
        rowSpace = RowSpace.Table(rows);
        if (present) tensor = new StoredTensor(description, shape);
    }

    /// <summary>The number of rows; 1 for a row.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>The sides of the tensor in the checkpoint: <c>[columns]</c> or <c>[rows, columns]</c>.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>Whether the checkpoint has this parameter; if not, it reads as zeros.</summary>
    public bool Present => tensor is not null;

    internal StoredTensor? Tensor => tensor;

    /// <summary>An element of a row <c>[columns]</c>.</summary>
    /// <exception cref="ArgumentException">There is no such element, or this is a table.</exception>
    public double this[int column]
    {
        get
        {
            if (Rows != 1) throw IsTable();
            return this[0, column];
        }
    }

    /// <summary>An element of a table <c>[rows, columns]</c>.</summary>
    /// <exception cref="ArgumentException">There is no such element.</exception>
    public double this[int row, int column]
    {
        get
        {
            if ((uint)row >= (uint)Rows || (uint)column >= (uint)Columns) throw NoElement(row, column);
            return Table.Array[(row * Columns) + column];
        }
    }

    private Tokens Table => tokens ??= new Tokens(rowSpace, Columns, tensor?.Values ?? new double[Rows * Columns]);

    /// <summary>The parameter as a value, with a table's rows.</summary>
    public static implicit operator Tokens(Parameter parameter) => parameter.Table;

    public static Tokens operator +(Parameter a, Parameter b) => a.Table + b.Table;

    public static Tokens operator +(Parameter a, double b) => a.Table + b;

    public static Tokens operator +(double a, Parameter b) => a + b.Table;

    public static Tokens operator -(Parameter a, Parameter b) => a.Table - b.Table;

    public static Tokens operator -(Parameter a, double b) => a.Table - b;

    public static Tokens operator -(double a, Parameter b) => a - b.Table;

    public static Tokens operator *(Parameter a, Parameter b) => a.Table * b.Table;

    public static Tokens operator *(Parameter a, double b) => a.Table * b;

    public static Tokens operator *(double a, Parameter b) => a * b.Table;

    public static Tokens operator /(Parameter a, Parameter b) => a.Table / b.Table;

    public static Tokens operator /(Parameter a, double b) => a.Table / b;

    public static Tokens operator /(double a, Parameter b) => a / b.Table;

    public static Tokens operator -(Parameter a) => -a.Table;

    /// <summary>Takes the numbers, row after row; the array is taken over, not copied.</summary>
    /// <exception cref="ArgumentException">The array has another length than the shape.</exception>
    /// <exception cref="InvalidOperationException">The parameter is absent.</exception>
    public void Load(double[] values)
    {
        if (tensor is null) throw new InvalidOperationException($"Parameter [{string.Join(", ", Shape)}] is absent: it takes no numbers");
        tensor.Load(values);
        tokens = null;
    }

    // Apart from the reads, which are inlined so.
    private ArgumentException IsTable() =>
        new($"Parameter [{string.Join(", ", Shape)}] read with one index: it takes a row and a column");

    private ArgumentException NoElement(int row, int column) =>
        new($"element [{row}, {column}] of Parameter [{string.Join(", ", Shape)}]: there is none");
}
