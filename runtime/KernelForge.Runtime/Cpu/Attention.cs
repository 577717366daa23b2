using KernelForge.Runtime.Cpu.Dots;

namespace KernelForge.Runtime.Cpu;

/// <param name="Heads">Heads of the queries and the output.</param>
/// <param name="KeyValueHeads">Heads of keys and values; query head h uses head h · KeyValueHeads / Heads.</param>
/// <param name="Scale">Factor of q·k.</param>
/// <param name="Softmax">Whether the weights of the keys are the softmax of the scores; else the scores themselves, 0 where masked.</param>
/// <param name="Rounded">
/// Whether queries, keys, weights and values may be rounded to bfloat16, where the machine multiplies these faster than floats. Sums, scores
/// and the softmax stay float32. Not for sequences that go on from run to run: kept keys are floats.
/// </param>
public readonly record struct AttentionHeads(int Heads, int KeyValueHeads, float Scale, bool Softmax = true, bool Rounded = false);

/// <summary>
/// softmax(score(scale · q·k) where mask) · v for every query row and head. Queries and output: [query rows, heads × width]; keys and
/// values: [key rows, key-value heads × width], of the same sequences. A query without keys gives zeros.
/// </summary>
/// <remarks>
/// An item is a stretch of queries of one sequence with one key head. Scores of a tile of queries with all keys of the sequence stay in the
/// core's cache; the softmax is exact: largest, exponentials, sum. Nothing depends on other sequences.
/// </remarks>
public static class Attention
{
    /// <summary>
    /// Queries an item: many enough that laying out the keys costs little, few enough to share a long sequence among threads.
    /// </summary>
    internal const int QueriesPerItem = 420;

    /// <param name="pool">The threads.</param>
    /// <param name="query">[query rows, heads × width].</param>
    /// <param name="key">[key rows, key-value heads × width].</param>
    /// <param name="value">[key rows, key-value heads × value width].</param>
    /// <param name="output">[query rows, heads × value width].</param>
    /// <param name="queries">The sequences of the queries.</param>
    /// <param name="keys">The sequences of the keys.</param>
    /// <param name="heads">Heads, and what becomes of a logit.</param>
    /// <param name="score">Changes a logit.</param>
    /// <param name="mask">Says which pairs there are.</param>
    /// <param name="kept">
    /// In an incremental run, keys and values of earlier rows; the new ones are kept with them. The result has the very bits of a run over
    /// the whole.
    /// </param>
    /// <exception cref="ArgumentException">
    /// Shapes or sequences do not meet; or the mask lets new rows see rows that only later runs bring.
    /// </exception>
    public static void Run<TVector, TScore, TMask>(
        WorkerPool pool, Rows<TVector> query, Rows<TVector> key, Rows<TVector> value, Rows<TVector> output,
        RaggedRows queries, RaggedRows keys, AttentionHeads heads, TScore score, TMask mask, KeptAttention? kept = null)
        where TVector : unmanaged, IVector<TVector>
        where TScore : struct, IScore
        where TMask : struct, IMask
    {
        DotTiles? tiles = heads.Rounded && kept is null ? DotTiles.For<TVector>(CpuPrecision.BFloat16) : null;
        RunWith(pool, query, key, value, output, queries, keys, heads, score, mask, kept, tiles is { AreAssembled: true } ? tiles : null);
    }

    /// <summary>As above, with tiles for products of bfloat16, or null for floats.</summary>
    internal static void RunWith<TVector, TScore, TMask>(
        WorkerPool pool, Rows<TVector> query, Rows<TVector> key, Rows<TVector> value, Rows<TVector> output,
        RaggedRows queries, RaggedRows keys, AttentionHeads heads, TScore score, TMask mask, KeptAttention? kept, DotTiles? tiles)
        where TVector : unmanaged, IVector<TVector>
        where TScore : struct, IScore
        where TMask : struct, IMask
    {
        int headWidth = Width(query, heads.Heads, "query"), valueWidth = Width(value, heads.KeyValueHeads, "value");
        if (Width(key, heads.KeyValueHeads, "key") != headWidth || Width(output, heads.Heads, "output") != valueWidth)
        {
            throw new ArgumentException(
                $"Queries of {query.Columns} columns, keys of {key.Columns}, values of {value.Columns} and an output of {output.Columns} "
                + $"do not make {heads.Heads} heads over {heads.KeyValueHeads} key heads.");
        }
        if (heads.Heads % heads.KeyValueHeads != 0)
            throw new ArgumentException($"{heads.Heads} heads do not share {heads.KeyValueHeads} key heads evenly.");
        if (queries.SequenceCount != keys.SequenceCount)
            throw new ArgumentException($"The queries have {queries.SequenceCount} sequences, the keys {keys.SequenceCount}.");

        var call = new AttentionCall<TVector, TScore, TMask>(pool, query, output, queries, keys, heads, headWidth, valueWidth, score, mask);
        if (kept is null)
        {
            var work = new AttentionWork<TVector, TScore, TMask>(call, key, value) { Tiles = tiles };
            pool.Run(queries.Stretches.Length * heads.KeyValueHeads, work);
        }
        else
        {
            kept.Run(call, key, value, mask);
        }
    }

    private static int Width<TVector>(Rows<TVector> rows, int heads, string what) where TVector : unmanaged, IVector<TVector> =>
        heads > 0 && rows.Columns % heads == 0
            ? rows.Columns / heads
            : throw new ArgumentException($"The {what}'s {rows.Columns} columns do not divide into {heads} heads.");
}
