namespace KernelForge.Runtime.Caches;

/// <summary>Inputs with a number of sequences and no rows, made once and used again.</summary>
internal sealed class EmptyInputs
{
    private readonly List<RaggedMatrix> matrices = [];
    private readonly RaggedBatch batch = RaggedBatch.Pack([]);
    private int[] offsets = [0];

    public RaggedBatch Batch(int sequences)
    {
        if (batch.SequenceCount != sequences) batch.Empty(sequences);
        return batch;
    }

    public RaggedMatrix Matrix(int sequences, int columns)
    {
        RaggedMatrix matrix = OfColumns(columns);
        if (offsets.Length <= sequences) offsets = new int[(sequences * 2) + 1];
        if (matrix.SequenceCount != sequences) matrix.Reset(offsets.AsSpan(0, sequences + 1), columns);
        return matrix;
    }

    private RaggedMatrix OfColumns(int columns)
    {
        foreach (RaggedMatrix known in matrices)
        {
            if (known.Columns == columns) return known;
        }
        var made = new RaggedMatrix([], columns);
        matrices.Add(made);
        return made;
    }
}
