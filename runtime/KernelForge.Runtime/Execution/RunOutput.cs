namespace KernelForge.Runtime.Execution;

/// <summary>Where one result of a run goes: a matrix that already has the result's size.</summary>
public readonly struct RunOutput
{
    private readonly RaggedMatrix? ragged;
    private readonly Matrix? matrix;
    private readonly int firstSequence;

    /// <summary>Sequences of a part; null for all of them.</summary>
    private readonly int? sequenceCount;

    /// <summary>A result with a row a token.</summary>
    public RunOutput(RaggedMatrix ragged) => this.ragged = ragged;

    /// <summary>A result with a row a sequence.</summary>
    public RunOutput(Matrix matrix) => this.matrix = matrix;

    private RunOutput(RunOutput whole, int firstSequence, int sequenceCount)
    {
        (ragged, matrix) = (whole.ragged, whole.matrix);
        (this.firstSequence, this.sequenceCount) = (firstSequence, sequenceCount);
    }

    /// <summary>[rows, columns], rows one after another.</summary>
    public Span<float> Values
    {
        get
        {
            Span<float> all = ragged is not null ? ragged.Values : matrix!.Values;
            if (sequenceCount is not { } count) return all;
            int first = ragged is null ? firstSequence : ragged.Offsets[firstSequence];
            int end = ragged is null ? firstSequence + count : ragged.Offsets[firstSequence + count];
            return all.Slice(first * Columns, (end - first) * Columns);
        }
    }

    /// <summary>Sequences that it has results of.</summary>
    internal int SequenceCount => sequenceCount ?? ragged?.SequenceCount ?? matrix!.Rows;

    public int Columns => ragged?.Columns ?? matrix!.Columns;

    /// <summary>Results of some sequences.</summary>
    internal RunOutput Part(int first, int count) => new(this, first, count);

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
