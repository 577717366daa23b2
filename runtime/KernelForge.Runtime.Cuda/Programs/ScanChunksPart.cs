namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>
/// How many chunks of a linear scan lie before each sequence, and last all of them. How a sequence is cut follows from its own length alone: a long one
/// into chunks of <see cref="Rows"/>, any other not at all. In an incremental run none is cut, so that rows have the same bits whatever part of their sequence
/// comes with them.
/// </summary>
internal sealed class ScanChunksPart(CudaSpace space) : RecordPart
{
    /// <summary>Rows of a chunk, but for the last of a sequence.</summary>
    public const int Rows = 128;

    /// <summary>Up to so many rows a sequence is one chunk: gone through once instead of twice.</summary>
    public const int MostRowsInOne = 512;

    public override int Capacity(BatchKey key) => space.SequenceCapacity(key) + 1;

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key)
    {
        ReadOnlySpan<int> offsets = batch.Offsets(space);
        values[0] = 0;
        for (int s = 0; s < offsets.Length - 1; s++) values[s + 1] = values[s] + ChunksOf(batch, offsets[s + 1] - offsets[s]);
    }

    /// <summary>Chunks of a sequence: one where it has no rows, for the states that it keeps.</summary>
    public static int ChunksOf(CudaBatch batch, int rows) =>
        rows <= MostRowsInOne || batch.Cache is not null ? 1 : (int)(((long)rows + Rows - 1) / Rows);

    /// <summary>Chunks that any batch of a graph has at most.</summary>
    public static int ChunkCapacity(CudaSpace space, BatchKey key)
    {
        int sequences = space.SequenceCapacity(key);
        return key.HasLongSequences ? checked((space.RowCapacity(key) / Rows) + sequences) : sequences;
    }

    /// <summary>Whether a sequence has several chunks.</summary>
    public static bool HasLong(CudaBatch batch, CudaSpace space)
    {
        if (batch.Cache is not null) return false;
        ReadOnlySpan<int> offsets = batch.Offsets(space);
        for (int s = 0; s < offsets.Length - 1; s++)
            if (offsets[s + 1] - offsets[s] > MostRowsInOne) return true;
        return false;
    }
}

/// <summary>The sequence of each chunk of a linear scan.</summary>
internal sealed class ScanChunkSequencesPart(CudaSpace space) : RecordPart
{
    public override int Capacity(BatchKey key) => ScanChunksPart.ChunkCapacity(space, key);

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key)
    {
        ReadOnlySpan<int> offsets = batch.Offsets(space);
        for (int s = 0, chunk = 0; s < offsets.Length - 1; s++)
        {
            int chunks = ScanChunksPart.ChunksOf(batch, offsets[s + 1] - offsets[s]);
            values.Slice(chunk, chunks).Fill(s);
            chunk += chunks;
        }
    }
}
