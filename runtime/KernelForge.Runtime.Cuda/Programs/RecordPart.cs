namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Some integers of the batch's record: what the host writes before each run, and kernels read by an address that stays.</summary>
internal abstract class RecordPart
{
    /// <summary>Its place in the list of parts.</summary>
    public int Number { get; init; }

    /// <summary>Whether a kernel reads it. What a schedule only asks for is not written.</summary>
    public bool IsRead { get; set; }

    /// <summary>Integers that a graph has room for.</summary>
    public abstract int Capacity(BatchKey key);

    /// <summary>Writes those of a batch.</summary>
    /// <param name="values">The room.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="key">The graph.</param>
    public abstract void Fill(Span<int> values, CudaBatch batch, BatchKey key);
}

/// <summary>Rows and sequences of every space, two integers each.</summary>
internal sealed class CountsPart(List<CudaSpace> spaces) : RecordPart
{
    public override int Capacity(BatchKey key) => 2 * spaces.Count;

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key)
    {
        for (int i = 0; i < spaces.Count; i++)
            (values[2 * i], values[(2 * i) + 1]) = (batch.Rows(spaces[i]), batch.SequenceCount(spaces[i]));
    }
}

/// <summary>Where each sequence of a space begins, and last the number of rows.</summary>
internal sealed class OffsetsPart(CudaSpace space) : RecordPart
{
    public override int Capacity(BatchKey key) => space.SequenceCapacity(key) + 1;

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key) => batch.Offsets(space).CopyTo(values);
}

/// <summary>Token ids or integers of an input, one a row.</summary>
internal sealed class IdsPart(int input) : RecordPart
{
    public override int Capacity(BatchKey key) => key.Rows(input);

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key) => batch.Ids(input).CopyTo(values);
}

/// <summary>Token types of an input, one a row; zeros where the batch has none.</summary>
internal sealed class TypesPart(int input) : RecordPart
{
    public override int Capacity(BatchKey key) => key.Rows(input);

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key)
    {
        ReadOnlySpan<int> types = batch.Inputs[input].Types;
        types.CopyTo(values);
        values[types.Length..batch.Inputs[input].RowCount].Clear();
    }
}

/// <summary>Each row's position in its sequence, from 0 for the first that the sequence ever had.</summary>
internal sealed class PositionsPart(CudaSpace space) : RecordPart
{
    public override int Capacity(BatchKey key) => space.RowCapacity(key);

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key)
    {
        ReadOnlySpan<int> offsets = batch.Offsets(space), bases = batch.Bases(space);
        for (int s = 0; s < offsets.Length - 1; s++)
            for (int row = offsets[s]; row < offsets[s + 1]; row++) values[row] = bases[s] + row - offsets[s];
    }
}

/// <summary>The sequence of each row.</summary>
internal sealed class SequenceOfPart(CudaSpace space) : RecordPart
{
    public override int Capacity(BatchKey key) => space.RowCapacity(key);

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key)
    {
        ReadOnlySpan<int> offsets = batch.Offsets(space);
        for (int s = 0; s < offsets.Length - 1; s++) values[offsets[s]..offsets[s + 1]].Fill(s);
    }
}

/// <summary>Integers that the program computes on the host, one a row: see <see cref="CudaProgram.Integers"/>.</summary>
internal sealed class HostIntegersPart(int integers, CudaSpace space) : RecordPart
{
    public const string Kind = "integers of the host";

    public CudaSpace Space => space;

    public override int Capacity(BatchKey key) => space.RowCapacity(key);

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key) => batch.Integers(integers).CopyTo(values);
}
