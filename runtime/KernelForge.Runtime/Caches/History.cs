namespace KernelForge.Runtime.Caches;

/// <summary>
/// All rows of a sequence that one input has brought, which the reference runs again: ids and types, or floats. Never written to.
/// </summary>
internal sealed record History(int[] Ids, int[] Types, float[] Values)
{
    public static History None { get; } = new([], [], []);

    public long Bytes => ((long)Ids.Length + Types.Length + Values.Length) * sizeof(float);

    /// <summary>Bytes of all histories of some sequences; what several share counts once.</summary>
    public static long BytesOf(IEnumerable<CachedSequence> sequences) =>
        sequences.SelectMany(s => s.Histories).OfType<History>().Distinct(ReferenceEqualityComparer.Instance).Cast<History>()
            .Sum(h => h.Bytes);

    /// <summary>With the rows of one sequence of a batch.</summary>
    public History Then(RaggedBatch batch, int sequence)
    {
        int first = batch.Offsets[sequence], end = batch.Offsets[sequence + 1];
        return first == end ? this : this with { Ids = [.. Ids, .. batch.Ids[first..end]], Types = [.. Types, .. batch.Types[first..end]] };
    }

    /// <summary>With the rows of one sequence of a matrix.</summary>
    public History Then(RaggedMatrix matrix, int sequence)
    {
        Span<float> rows = matrix.Sequence(sequence);
        return rows.IsEmpty ? this : this with { Values = [.. Values, .. rows] };
    }
}
