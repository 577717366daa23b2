namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>How attention goes about a batch; each gives the same bits.</summary>
internal enum AttentionFamily
{
    /// <summary>Every sequence, queries and keys, fits one tile: softmax in one piece.</summary>
    Whole,

    /// <summary>Keys stream past 64 queries.</summary>
    Stream,

    /// <summary>Keys stream past 128 queries: fewer loads a product, where sequences are long enough to fill the blocks.</summary>
    Wide,
}

internal static class AttentionFamilies
{
    /// <summary>The longest queries and keys of <see cref="AttentionFamily.Whole"/>.</summary>
    public const int WholeLimit = 64;

    /// <summary>From this mean length on blocks of 128 queries are worth it: measured at 2048, where they take 4 % off; at 460 they do not.</summary>
    private const int WideLength = 1024;

    extension(AttentionFamily family)
    {
        /// <summary>Queries that a block takes.</summary>
        public int Queries => family == AttentionFamily.Wide ? 128 : 64;
    }

    /// <summary>The family for a batch: by its longest sequence, and by the mean of its queries.</summary>
    /// <param name="queryOffsets">Where each sequence's queries begin: [sequences + 1].</param>
    /// <param name="keyOffsets">Where its keys in memory begin.</param>
    /// <param name="keyBases">How many keys came before those: [sequences].</param>
    public static AttentionFamily Choose(ReadOnlySpan<int> queryOffsets, ReadOnlySpan<int> keyOffsets, ReadOnlySpan<int> keyBases)
    {
        int longest = 0, filled = 0;
        long rows = 0;
        for (int s = 0; s < queryOffsets.Length - 1; s++)
        {
            int length = queryOffsets[s + 1] - queryOffsets[s];
            if (length == 0) continue;
            longest = Math.Max(longest, Math.Max(length, keyBases[s] + keyOffsets[s + 1] - keyOffsets[s]));
            rows += length;
            filled++;
        }
        if (longest <= WholeLimit) return AttentionFamily.Whole;
        return rows >= (long)WideLength * filled ? AttentionFamily.Wide : AttentionFamily.Stream;
    }
}

/// <summary>Row spaces between which the program attends, and the work that a batch makes of them.</summary>
internal sealed class AttentionPair(int number, CudaSpace queries, CudaSpace keys, WorkPart work)
{
    public int Number { get; } = number;

    public WorkPart Work { get; } = work;

    /// <summary>Whether every kernel of the pair has a variant for <see cref="AttentionFamily.Wide"/>: they share the list.</summary>
    public bool MayBeWide { get; set; } = true;

    /// <summary>How sequences with few new queries and many kept keys are shared out; null where nothing is kept.</summary>
    public PairParts? Parts { get; set; }

    public bool Is(CudaSpace ofQueries, CudaSpace ofKeys) => queries == ofQueries && keys == ofKeys;

    /// <exception cref="ArgumentException">The two spaces have different numbers of sequences.</exception>
    public AttentionFamily Choose(CudaBatch batch)
    {
        ReadOnlySpan<int> queryOffsets = batch.Offsets(queries), keyOffsets = batch.Offsets(keys);
        if (queryOffsets.Length != keyOffsets.Length)
        {
            throw new ArgumentException(
                $"input {queries.Input} has {queryOffsets.Length - 1} sequences and input {keys.Input} has {keyOffsets.Length - 1}: " +
                "attention pairs them one to one");
        }
        AttentionFamily family = AttentionFamilies.Choose(queryOffsets, keyOffsets, batch.Bases(keys));
        return family == AttentionFamily.Wide && !MayBeWide ? AttentionFamily.Stream : family;
    }
}
