namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Fills a table of an integer function of differences of positions: see <see cref="CudaProgram.Differences"/>.</summary>
internal delegate void FillDifferences(int table, Span<int> values, int zero);

/// <summary>
/// An integer function of the difference of a query's and a key's position, of every difference that a batch has: first the place of
/// difference 0 in the table, then, from integer <see cref="Table"/> on, the table.
/// </summary>
internal sealed class DifferencesPart(int table, CudaSpace queries, CudaSpace keys, FillDifferences fill) : RecordPart
{
    public const string Kind = "table of differences";

    public const int Table = 4;

    public override int Capacity(BatchKey key) =>
        checked(Table + queries.LongestCapacity(key) + keys.LongestCapacity(key));

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key)
    {
        int longestQueries = Longest(batch, queries), longestKeys = Longest(batch, keys);
        values[0] = Math.Max(0, longestKeys - 1);
        if (longestQueries == 0 || longestKeys == 0) return;
        fill(table, values.Slice(Table, longestQueries + longestKeys - 1), longestKeys - 1);
    }

    private static int Longest(CudaBatch batch, CudaSpace space)
    {
        int longest = 0, sequences = batch.SequenceCount(space);
        for (int s = 0; s < sequences; s++) longest = Math.Max(longest, batch.Length(space, s));
        return longest;
    }
}
