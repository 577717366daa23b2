using KernelForge.Runtime.Batches;

namespace KernelForge.Runtime;

/// <summary>A float matrix <c>[rows, columns]</c>, rows one after another without a gap: one vector a sequence, for example.</summary>
public sealed class Matrix
{
    private float[] values = [];

    /// <summary>A matrix of zeros.</summary>
    /// <exception cref="ArgumentException">A size is below zero, or there are more elements than an array holds.</exception>
    public Matrix(int rows, int columns) => Reset(rows, columns);

    public int Rows { get; private set; }

    public int Columns { get; private set; }

    /// <summary>All elements, <c>[rows × columns]</c>.</summary>
    public Span<float> Values => values.AsSpan(0, Rows * Columns);

    public float this[int row, int column]
    {
        get => Row(row)[column];
        set => Row(row)[column] = value;
    }

    public Span<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        return values.AsSpan(row * Columns, Columns);
    }

    /// <summary>Makes it a matrix of zeros of another size; allocates only where it was never as large.</summary>
    /// <inheritdoc cref="Matrix(int, int)"/>
    public void Reset(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        int elements = Capacity.Elements(rows, columns);
        if (values.Length < elements) values = new float[elements];
        else values.AsSpan(0, elements).Clear();
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Each row divided by its Euclidean norm, in a new matrix; a row of zeros stays zeros.</summary>
    public Matrix Normalize()
    {
        var result = new Matrix(Rows, Columns);
        Normalize(result);
        return result;
    }

    /// <summary>As <see cref="Normalize()"/>, into a matrix of the same size, which may be this one.</summary>
    /// <exception cref="ArgumentException">The destination has another size.</exception>
    public void Normalize(Matrix destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (destination.Rows != Rows || destination.Columns != Columns)
            throw new ArgumentException($"the destination is {destination}, expected [{Rows}, {Columns}]", nameof(destination));
        for (int row = 0; row < Rows; row++) RowSums.Normalize(Row(row), destination.Row(row));
    }

    public float[,] ToArray()
    {
        var copy = new float[Rows, Columns];
        for (int row = 0; row < Rows; row++)
            for (int column = 0; column < Columns; column++)
                copy[row, column] = values[row * Columns + column];
        return copy;
    }

    public override string ToString() => $"[{Rows}, {Columns}]";
}
