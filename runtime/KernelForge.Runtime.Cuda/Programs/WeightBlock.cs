namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Weights of a product that lie side by side with others: those of one linear, or of two whose outputs meet column by column.</summary>
public sealed class WeightBlock
{
    private readonly WeightValues first;
    private readonly WeightValues? second;

    internal WeightBlock(WeightValues first, WeightValues? second, int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        (this.first, this.second, Outputs) = (first, second, outputs);
    }

    /// <summary>Columns of the output.</summary>
    public int Outputs { get; }

    /// <summary>For errors.</summary>
    internal string Name => first.Name;

    /// <summary>Columns of the product: of two weights each eight hold four of the first, then the same four of the second.</summary>
    internal int PackedColumns => second is null ? Outputs : (Outputs + 3) / 4 * 8;

    /// <summary>Rows of the packed weight.</summary>
    internal int PackedRows => CudaRun.Packed(PackedColumns);

    internal void Check(int inner)
    {
        first.Check(Outputs, inner);
        second?.Check(Outputs, inner);
    }

    /// <summary>The weights of a packed row, [inner]; false where no output has it, and it is to be zeros.</summary>
    internal bool TryCopyRow(int row, Span<float> destination, out WeightValues source, out int output)
    {
        // Within 32 rows, row 8 j + 2 t + e holds packed column 8 t + 2 j + e: a thread's eight sums are eight neighbouring columns.
        int column = (row / 32 * 32) + (row % 8 / 2 * 8) + (row % 32 / 8 * 2) + (row % 2);
        source = second is { } other && column % 8 >= 4 ? other : first;
        output = second is null ? column : (column / 8 * 4) + (column % 4);
        if (output >= Outputs) return false;
        source.CopyRow(output, Outputs, destination);
        return true;
    }
}

/// <summary>The numbers of one linear as the checkpoint has them.</summary>
/// <param name="Values">[outputs, inner], or [inner, outputs].</param>
/// <param name="Transposed">Whether it is the latter.</param>
/// <param name="Name">For errors.</param>
internal readonly record struct WeightValues(float[] Values, bool Transposed, string Name)
{
    public void Check(int outputs, int inner)
    {
        if (Values.Length != (long)outputs * inner)
            throw new ArgumentException($"'{Name}' has {Values.Length} weights, the layer takes {outputs} x {inner}");
    }

    /// <summary>The weights of one output.</summary>
    public void CopyRow(int output, int outputs, Span<float> destination)
    {
        if (!Transposed)
        {
            Values.AsSpan(output * destination.Length, destination.Length).CopyTo(destination);
            return;
        }
        for (int k = 0; k < destination.Length; k++) destination[k] = Values[(k * outputs) + output];
    }
}
