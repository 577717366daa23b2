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
}
