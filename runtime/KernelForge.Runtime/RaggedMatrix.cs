using KernelForge.Runtime.Batches;

namespace KernelForge.Runtime;

/// <summary>
/// A float for each token and feature of a ragged batch: <c>[sum of lengths, columns]</c>, the rows of a sequence together, sequences
/// one after another, nothing between them. Used again by <see cref="Reset"/>, it allocates nothing once it has been as large before.
/// </summary>
public sealed class RaggedMatrix
{
    private int[] offsets = [0];
    private float[] values = [];

    /// <summary>No sequences yet: a destination for a first run.</summary>
    public RaggedMatrix() { }

    /// <summary>Zeros for sequences of these lengths.</summary>
    /// <exception cref="ArgumentException">A length or the columns are below zero, or an array cannot hold the elements.</exception>
    public RaggedMatrix(ReadOnlySpan<int> lengths, int columns)
    {
        var bounds = new int[lengths.Length + 1];
        for (int s = 0; s < lengths.Length; s++)
        {
            if (lengths[s] < 0) throw new ArgumentException($"sequence {s} has the length {lengths[s]}", nameof(lengths));
            if (lengths[s] > int.MaxValue - bounds[s])
                throw new ArgumentException($"sequences 0 to {s} have more than {int.MaxValue} rows", nameof(lengths));
            bounds[s + 1] = bounds[s] + lengths[s];
        }
        Reset(bounds, columns);
    }

    public int Columns { get; private set; }

    /// <summary>Sequences, empty ones included.</summary>
    public int SequenceCount { get; private set; }

    /// <summary>Rows of all sequences together.</summary>
    public int Rows => offsets[SequenceCount];

    /// <summary>Where each sequence begins, and last the number of rows: <c>[sequences + 1]</c>.</summary>
    public ReadOnlySpan<int> Offsets => offsets.AsSpan(0, SequenceCount + 1);

    /// <summary>All elements, <c>[rows × columns]</c>.</summary>
    public Span<float> Values => values.AsSpan(0, Rows * Columns);

    /// <summary>Makes it zeros for other sequences.</summary>
    /// <param name="offsets">Where each sequence begins, and last the number of rows: such as <see cref="RaggedBatch.Offsets"/>.</param>
    /// <param name="columns">Features.</param>
    /// <exception cref="ArgumentException">The offsets do not begin at zero or go down, or an array cannot hold the elements.</exception>
    public void Reset(ReadOnlySpan<int> offsets, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (offsets.IsEmpty || offsets[0] != 0) throw new ArgumentException("offsets begin with 0", nameof(offsets));
        for (int s = 1; s < offsets.Length; s++)
        {
            if (offsets[s] < offsets[s - 1])
                throw new ArgumentException($"offset {s} is {offsets[s]}, below the {offsets[s - 1]} before it", nameof(offsets));
        }
        int elements = Capacity.Elements(offsets[^1], columns);
        if (this.offsets.Length < offsets.Length) this.offsets = new int[Capacity.For(offsets.Length)];
        if (values.Length < elements) values = new float[Capacity.For(elements)];
        else values.AsSpan(0, elements).Clear();
        offsets.CopyTo(this.offsets);
        SequenceCount = offsets.Length - 1;
        Columns = columns;
    }

    /// <summary>One row of the packed matrix, <c>[columns]</c>.</summary>
    public Span<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        return values.AsSpan(row * Columns, Columns);
    }

    /// <summary>The rows of one sequence, <c>[length × columns]</c>.</summary>
    public Span<float> Sequence(int sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sequence, SequenceCount);
        return values.AsSpan(offsets[sequence] * Columns, (offsets[sequence + 1] - offsets[sequence]) * Columns);
    }

    /// <summary>The mean of each sequence's rows, <c>[sequences, columns]</c>; zeros for an empty sequence.</summary>
    public Matrix MeanPool()
    {
        var result = new Matrix(SequenceCount, Columns);
        MeanPool(result);
        return result;
    }

    /// <summary>As <see cref="MeanPool()"/>; the destination takes the right size by itself.</summary>
    public void MeanPool(Matrix destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Reset(SequenceCount, Columns);
        for (int s = 0; s < SequenceCount; s++) RowSums.Mean(Sequence(s), destination.Row(s));
    }

    /// <summary>A copy of one sequence's rows, <c>[length, columns]</c>.</summary>
    public float[,] ToArray(int sequence)
    {
        Span<float> rows = Sequence(sequence);
        var copy = new float[Columns == 0 ? offsets[sequence + 1] - offsets[sequence] : rows.Length / Columns, Columns];
        for (int i = 0; i < rows.Length; i++) copy[i / Columns, i % Columns] = rows[i];
        return copy;
    }

    /// <summary>Copies of every sequence's rows.</summary>
    public float[][,] ToArrays()
    {
        var copies = new float[SequenceCount][,];
        for (int s = 0; s < copies.Length; s++) copies[s] = ToArray(s);
        return copies;
    }

    public override string ToString() => $"[{Rows}, {Columns}] of {SequenceCount} sequences";
}
