namespace KernelForge.Runtime.Execution;

/// <summary>What one parameter of a layer's entry is given in a run: token ids or integers of a batch, or rows of floats.</summary>
public readonly struct RunInput
{
    private readonly RaggedBatch? batch;
    private readonly RaggedMatrix? matrix;

    public RunInput(RaggedBatch batch) => this.batch = batch;

    public RunInput(RaggedMatrix matrix) => this.matrix = matrix;

    /// <summary>[sequences + 1].</summary>
    public ReadOnlySpan<int> Offsets => batch is not null ? batch.Offsets : matrix!.Offsets;

    public int SequenceCount => Offsets.Length - 1;

    public int RowCount => Offsets[^1];

    /// <summary>Token ids or integers, [rows]; empty for rows of floats.</summary>
    public ReadOnlySpan<int> Ids => batch is not null ? batch.Ids : [];

    /// <summary>Token types, [rows]; empty for rows of floats.</summary>
    public ReadOnlySpan<int> Types => batch is not null ? batch.Types : [];

    /// <summary>[rows, columns], rows one after another; empty for token ids.</summary>
    public ReadOnlySpan<float> Values => matrix is not null ? matrix.Values : [];
}
