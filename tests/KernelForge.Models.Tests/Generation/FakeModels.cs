using KernelForge.Models.Generation;
using KernelForge.Runtime;
using KernelForge.Runtime.Execution;

namespace KernelForge.Models.Tests.Generation;

/// <summary>
/// Models whose logits are drawn by the whole history of a sequence, which nothing but the cache keeps: a row that goes to another sequence
/// than its own changes every token behind it.
/// </summary>
internal static class FakeLogits
{
    public const int Vocabulary = 11, End = 3;

    public static float[] Of(ReadOnlySpan<int> ids, ReadOnlySpan<int> source = default)
    {
        ulong hash = 17;
        foreach (int id in source) hash = unchecked(hash * 1_000_003 + (ulong)id + 7);
        foreach (int id in ids) hash = unchecked(hash * 16_777_619 + (ulong)id + 1);
        var logits = new float[Vocabulary];
        for (int id = 0; id < Vocabulary; id++) logits[id] = (float)(Draws.At(hash, id) * 5);
        return logits;
    }

    public static void Fill(Matrix logits, RaggedBatch ids, Func<int, int[]> source)
    {
        logits.Reset(ids.SequenceCount, Vocabulary);
        for (int s = 0; s < ids.SequenceCount; s++) Of(ids.Sequence(s), source(s)).CopyTo(logits.Row(s));
    }

    public static void Check(RaggedBatch ids)
    {
        int at = ids.Ids.IndexOfAnyExceptInRange(0, Vocabulary - 1);
        if (at >= 0) throw new ArgumentException($"the id {ids.Ids[at]} is beyond the vocabulary of {Vocabulary}");
    }
}

/// <summary>A decoder by itself.</summary>
internal sealed class FakeDecoder : IGenerationModel
{
    /// <summary>The lengths of each batch that was run.</summary>
    public List<int[]> Runs { get; } = [];

    public Action? BeforeRun { get; set; }

    public bool IsDisposed { get; private set; }

    public Device Device => Device.Reference;

    public SequenceCache NewCache(long budget) =>
        SequenceCache.For(null, new CacheLayout().Space(0, goesOn: true), nameof(FakeDecoder), budget);

    public void Prefill(RaggedBatch ids, SequenceCache cache, ReadOnlySpan<int> sequences, Matrix logits) =>
        throw new NotSupportedException();

    public void Step(RaggedBatch ids, SequenceCache cache, ReadOnlySpan<int> sequences, Matrix logits)
    {
        FakeLogits.Check(ids);
        using CacheRun run = cache.Begin(null, sequences, fresh: false, new AddedRows(0, ids));
        BeforeRun?.Invoke();
        FakeLogits.Fill(logits, run.Whole(0, ids), _ => []);
        run.Commit();
        Runs.Add([.. Enumerable.Range(0, ids.SequenceCount).Select(s => ids.Sequence(s).Length)]);
    }

    public void Dispose() => IsDisposed = true;
}

/// <summary>An encoder-decoder that reads ids.</summary>
internal sealed class FakeTranslator : IGenerationModel<RaggedBatch>
{
    public Device Device => Device.Reference;

    public SequenceCache NewCache(long budget) => SequenceCache.For(
        null, new CacheLayout().Space(0, goesOn: false).Space(1, goesOn: true), nameof(FakeTranslator), budget);

    public void Prefill(RaggedBatch source, RaggedBatch ids, SequenceCache cache, ReadOnlySpan<int> sequences, Matrix logits)
    {
        using CacheRun run = cache.Begin(null, sequences, fresh: true, new AddedRows(0, source), new AddedRows(1, ids));
        Run(run, source, ids, logits);
    }

    public void Step(RaggedBatch ids, SequenceCache cache, ReadOnlySpan<int> sequences, Matrix logits)
    {
        using CacheRun run = cache.Begin(null, sequences, fresh: false, new AddedRows(1, ids));
        Run(run, run.EmptyBatch, ids, logits);
    }

    public void Dispose() { }

    private static void Run(CacheRun run, RaggedBatch source, RaggedBatch ids, Matrix logits)
    {
        RaggedBatch sources = run.Whole(0, source);
        FakeLogits.Fill(logits, run.Whole(1, ids), s => sources.Sequence(s).ToArray());
        run.Commit();
    }
}

/// <summary>An encoder-decoder that reads rows of two floats.</summary>
internal sealed class FakeListener : IGenerationModel<RaggedMatrix>
{
    public Device Device => Device.Reference;

    /// <summary>What a sound counts as.</summary>
    public static int[] Heard(ReadOnlySpan<float> values)
    {
        var heard = new int[values.Length];
        for (int i = 0; i < heard.Length; i++) heard[i] = (int)(values[i] * 10);
        return heard;
    }

    public SequenceCache NewCache(long budget) => SequenceCache.For(
        null, new CacheLayout().Space(0, goesOn: false).Space(1, goesOn: true), nameof(FakeListener), budget);

    public void Prefill(RaggedMatrix source, RaggedBatch ids, SequenceCache cache, ReadOnlySpan<int> sequences, Matrix logits)
    {
        using CacheRun run = cache.Begin(null, sequences, fresh: true, new AddedRows(0, source), new AddedRows(1, ids));
        Run(run, source, ids, logits);
    }

    public void Step(RaggedBatch ids, SequenceCache cache, ReadOnlySpan<int> sequences, Matrix logits)
    {
        using CacheRun run = cache.Begin(null, sequences, fresh: false, new AddedRows(1, ids));
        Run(run, run.EmptyMatrix(2), ids, logits);
    }

    public void Dispose() { }

    private static void Run(CacheRun run, RaggedMatrix source, RaggedBatch ids, Matrix logits)
    {
        RaggedMatrix sources = run.Whole(0, source);
        FakeLogits.Fill(logits, run.Whole(1, ids), s => Heard(sources.Sequence(s)));
        run.Commit();
    }
}
