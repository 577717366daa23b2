namespace KernelForge.Runtime.Execution;

/// <summary>Makes of a run's inputs what the description takes when it runs as the C# it is.</summary>
public static class ReferenceInput
{
    /// <summary>The row space of rows of floats.</summary>
    public static RowSpace Rows(RaggedMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ReadOnlySpan<int> offsets = matrix.Offsets;
        int[] lengths = new int[offsets.Length - 1];
        for (int s = 0; s < lengths.Length; s++) lengths[s] = offsets[s + 1] - offsets[s];
        return RowSpace.Ragged(lengths);
    }

    public static TokenIds TokenIds(RowSpace rows, RaggedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new TokenIds(rows, batch.Ids.ToArray(), batch.Types.ToArray());
    }

    public static Integers Integers(RowSpace rows, RaggedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new Integers(rows, batch.Ids.ToArray());
    }

    public static Tokens Tokens(RowSpace rows, RaggedMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        Span<float> values = matrix.Values;
        double[] wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = values[i];
        return new Tokens(rows, matrix.Columns, wide);
    }
}
