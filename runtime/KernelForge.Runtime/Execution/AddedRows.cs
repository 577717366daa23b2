namespace KernelForge.Runtime.Execution;

/// <summary>Rows that a run brings in one row space: those of an input, or of lengths that the layer computes.</summary>
public readonly struct AddedRows
{
    private readonly RunInput input;
    private readonly int[]? computed;
    private readonly int sequences;

    /// <summary>Rows of token ids or integers.</summary>
    public AddedRows(int space, RaggedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (Space, input) = (space, new RunInput(batch));
    }

    /// <summary>Rows of floats.</summary>
    public AddedRows(int space, RaggedMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        (Space, input) = (space, new RunInput(matrix));
    }

    /// <summary>
    /// Rows of computed lengths: only those that this run adds. The offsets are not disposed of before the run has begun.
    /// </summary>
    public AddedRows(int space, ComputedOffsets offsets) => (Space, computed, sequences) = (space, offsets.Lent, offsets.Count);

    /// <summary>The row space's number in the plan.</summary>
    public int Space { get; }

    /// <summary>[sequences + 1].</summary>
    public ReadOnlySpan<int> Offsets => computed is null ? input.Offsets : computed.AsSpan(0, sequences + 1);

    /// <summary>Whether the rows are those of an input.</summary>
    internal bool IsInput => computed is null;
}
