namespace KernelForge.Cuda.Tests.Attention;

/// <summary>What a block works on, as the kernel reads it.</summary>
internal readonly record struct WorkItem(int QueryStart, int QueryLength, int KeyStart, int KeyLength, int FirstQuery, int A, int B, int C);

/// <summary>Sequences packed one after another, queries and keys in spaces of their own.</summary>
internal sealed class AttentionBatch
{
    public AttentionBatch(AttentionSizes sizes, ElementType element, int[] queryLengths, int[] keyLengths, int seed)
    {
        Sizes = sizes;
        QueryLengths = queryLengths;
        KeyLengths = keyLengths;
        QueryBases = new int[queryLengths.Length];
        var random = new Random(seed);
        // Steep enough that some keys matter and others do not.
        Query = Draw(queryLengths.Sum() * sizes.Heads * sizes.HeadWidth, 3);
        Key = Draw(keyLengths.Sum() * sizes.KeyHeads * sizes.HeadWidth, 2);
        Value = Draw(keyLengths.Sum() * sizes.KeyHeads * sizes.ValueWidth, 2);
        KeyBias = [.. Enumerable.Range(0, keyLengths.Sum()).Select(_ => random.NextSingle())];
        Slopes = [.. Enumerable.Range(0, sizes.Heads).Select(_ => random.NextSingle() / 8)];

        float[] Draw(int count, float spread) =>
            [.. Enumerable.Range(0, count).Select(_ => element.Stored((random.NextSingle() - 0.5f) * 2 * spread))];
    }

    private AttentionBatch(AttentionBatch of, IReadOnlyList<int> order)
    {
        Sizes = of.Sizes;
        Slopes = of.Slopes;
        QueryLengths = [.. order.Select(n => of.QueryLengths[n])];
        KeyLengths = [.. order.Select(n => of.KeyLengths[n])];
        QueryBases = [.. order.Select(n => of.QueryBases[n])];
        Query = [.. order.SelectMany(n => of.QueriesOf(n, of.Query))];
        Key = [.. order.SelectMany(n => of.KeysOf(n, of.Key))];
        Value = [.. order.SelectMany(n => of.KeysOf(n, of.Value))];
        KeyBias = [.. order.SelectMany(n => of.KeysOf(n, of.KeyBias))];
    }

    private AttentionBatch(AttentionSizes sizes, AttentionBatch of, int keys, int query, float[] queryRow)
    {
        (Sizes, Slopes, Query) = (sizes, of.Slopes, queryRow);
        (QueryLengths, KeyLengths, QueryBases) = ([1], [keys], [of.QueryBases[0] + query]);
        (Key, Value, KeyBias) = (of.Key[..(keys * sizes.KeyHeads * sizes.HeadWidth)], of.Value[..(keys * sizes.KeyHeads * sizes.ValueWidth)], of.KeyBias[..keys]);
    }

    public AttentionSizes Sizes { get; }

    public int[] QueryLengths { get; }

    public int[] KeyLengths { get; }

    /// <summary>How many queries of each sequence came before those that are here.</summary>
    public int[] QueryBases { get; init; }

    public float[] Query { get; }

    public float[] Key { get; }

    public float[] Value { get; }

    public float[] KeyBias { get; }

    public float[] Slopes { get; }

    public int Count => QueryLengths.Length;

    public int QueryRows => QueryLengths.Sum();

    public int KeyRows => KeyLengths.Sum();

    public static AttentionBatch Self(AttentionSizes sizes, ElementType element, int seed, params int[] lengths) =>
        new(sizes, element, lengths, lengths, seed);

    /// <summary>New queries at the end of sequences that have so many keys.</summary>
    public static AttentionBatch Continued(AttentionSizes sizes, ElementType element, int[] queryLengths, int[] keyLengths, int seed) =>
        new(sizes, element, queryLengths, keyLengths, seed) { QueryBases = [.. keyLengths.Zip(queryLengths, (keys, queries) => Math.Max(0, keys - queries))] };

    /// <summary>Some of the sequences, in an order.</summary>
    public AttentionBatch Of(params IReadOnlyList<int> order) => new(this, order);

    /// <summary>The batch with nothing but NaN in every other sequence.</summary>
    public AttentionBatch Only(int sequence)
    {
        AttentionBatch copy = Of([.. Enumerable.Range(0, Count)]);
        for (int n = 0; n < Count; n++)
        {
            if (n == sequence) continue;
            QueriesOf(n, copy.Query).AsSpan().Fill(float.NaN);
            KeysOf(n, copy.Key).AsSpan().Fill(float.NaN);
            KeysOf(n, copy.Value).AsSpan().Fill(float.NaN);
            KeysOf(n, copy.KeyBias).AsSpan().Fill(float.NaN);
        }
        return copy;
    }

    /// <summary>One query of a sequence, with the keys up to its own.</summary>
    public AttentionBatch Until(int sequence, int query)
    {
        AttentionBatch one = Of(sequence);
        int keys = QueryBases[sequence] + query + 1, width = Sizes.Heads * Sizes.HeadWidth;
        return new AttentionBatch(Sizes, one, keys, query, one.Query[(query * width)..((query + 1) * width)]);
    }

    public int QueryStart(int sequence) => QueryLengths[..sequence].Sum();

    public int KeyStart(int sequence) => KeyLengths[..sequence].Sum();

    /// <summary>A sequence's rows of values of all query rows.</summary>
    public ArraySegment<float> QueriesOf(int sequence, float[] values) =>
        Rows(values, QueryRows, QueryStart(sequence), QueryLengths[sequence]);

    public ArraySegment<float> KeysOf(int sequence, float[] values) =>
        Rows(values, KeyRows, KeyStart(sequence), KeyLengths[sequence]);

    /// <summary>Longest sequences first.</summary>
    public WorkItem[] Work(int queries) =>
    [
        .. from n in Enumerable.Range(0, Count).OrderByDescending(n => KeyLengths[n])
           from tile in Enumerable.Range(0, (QueryLengths[n] + queries - 1) / queries)
           select new WorkItem(QueryStart(n), QueryLengths[n], KeyStart(n), KeyLengths[n], tile * queries, -1, -1, -1),
    ];

    private static ArraySegment<float> Rows(float[] values, int rows, int start, int count)
    {
        int columns = rows == 0 ? 0 : values.Length / rows;
        return new ArraySegment<float>(values, start * columns, count * columns);
    }
}
