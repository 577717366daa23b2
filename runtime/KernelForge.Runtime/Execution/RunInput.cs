namespace KernelForge.Runtime.Execution;

/// <summary>What one parameter of a layer's entry is given in a run: token ids or integers of a batch, or rows of floats.</summary>
public readonly struct RunInput
{
    private readonly RaggedBatch? batch;
    private readonly RaggedMatrix? matrix;

    /// <summary>Of a part of the sequences, where each begins in it; null for all of them.</summary>
    private readonly int[]? offsets;

    private readonly int firstRow, sequenceCount;

    public RunInput(RaggedBatch batch) => this.batch = batch;

    public RunInput(RaggedMatrix matrix) => this.matrix = matrix;

    private RunInput(RunInput whole, int firstRow, int[] offsets, int sequenceCount)
    {
        (batch, matrix) = (whole.batch, whole.matrix);
        (this.firstRow, this.offsets, this.sequenceCount) = (firstRow, offsets, sequenceCount);
    }

    /// <summary>[sequences + 1].</summary>
    public ReadOnlySpan<int> Offsets => offsets is not null ? offsets.AsSpan(0, sequenceCount + 1) : batch is not null ? batch.Offsets : matrix!.Offsets;

    public int SequenceCount => Offsets.Length - 1;

    public int RowCount => Offsets[^1];

    /// <summary>Token ids or integers, [rows]; empty for rows of floats.</summary>
    public ReadOnlySpan<int> Ids => batch is not null ? batch.Ids.Slice(firstRow, RowCount) : [];

    /// <summary>Token types, [rows]; empty for rows of floats.</summary>
    public ReadOnlySpan<int> Types => batch is not null ? batch.Types.Slice(firstRow, RowCount) : [];

    /// <summary>[rows, columns], rows one after another; empty for token ids.</summary>
    public ReadOnlySpan<float> Values => matrix is not null ? matrix.Values.Slice(firstRow * matrix.Columns, RowCount * matrix.Columns) : [];

    /// <summary>Some of the sequences, as if there were no others.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="offsets">Takes where they begin, and belongs to the part: <paramref name="count"/> + 1 at least.</param>
    internal RunInput Part(int first, int count, int[] offsets)
    {
        ReadOnlySpan<int> all = Offsets;
        for (int s = 0; s <= count; s++) offsets[s] = all[first + s] - all[first];
        return new RunInput(this, firstRow + all[first], offsets, count);
    }
}
