namespace KernelForge.Runtime.Execution;

/// <summary>Where one result of a run goes: a matrix that already has the result's size.</summary>
public readonly struct RunOutput
{
    private readonly RaggedMatrix? ragged;
    private readonly Matrix? matrix;

    /// <summary>A result with a row a token.</summary>
    public RunOutput(RaggedMatrix ragged) => this.ragged = ragged;

    /// <summary>A result with a row a sequence.</summary>
    public RunOutput(Matrix matrix) => this.matrix = matrix;

    /// <summary>[rows, columns], rows one after another.</summary>
    public Span<float> Values => ragged is not null ? ragged.Values : matrix!.Values;

    public int Columns => ragged?.Columns ?? matrix!.Columns;

    /// <summary>Takes the result of the reference run, rounded to float.</summary>
    public void Fill(Tokens result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Span<float> destination = Values;
        ReadOnlySpan<double> values = result.Values;
        if (values.Length != destination.Length)
            throw new InvalidOperationException($"the reference run gave {result}, the plan expected {destination.Length / Math.Max(1, Columns)} rows of {Columns}");
        for (int i = 0; i < values.Length; i++) destination[i] = (float)values[i];
    }

    /// <summary>
    /// Takes of the reference run's result over whole sequences the last rows of each: as many as there is room for. A result with a row a
    /// sequence is taken whole.
    /// </summary>
    public void FillLast(Tokens result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (ragged is null)
        {
            Fill(result);
            return;
        }
        ReadOnlySpan<int> whole = result.Rows.Offsets.AsSpan(), last = ragged.Offsets;
        if (whole.Length != last.Length || result.Features != ragged.Columns)
            throw new InvalidOperationException($"the reference run gave {result}, the plan expected {ragged}");
        for (int s = 0; s + 1 < last.Length; s++)
        {
            int rows = last[s + 1] - last[s];
            if (rows > whole[s + 1] - whole[s])
                throw new InvalidOperationException($"the reference run gave sequence {s} {whole[s + 1] - whole[s]} rows, the plan expected {rows} at least");
            ReadOnlySpan<double> values = result.Values.Slice((whole[s + 1] - rows) * Columns, rows * Columns);
            Span<float> destination = ragged.Sequence(s);
            for (int i = 0; i < values.Length; i++) destination[i] = (float)values[i];
        }
    }
}
