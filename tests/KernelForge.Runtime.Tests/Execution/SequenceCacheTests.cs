using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Tests.Execution;

/// <summary>Sequences, their lengths, and the reference's histories.</summary>
public sealed class SequenceCacheTests
{
    private static CacheLayout Inputs => new CacheLayout().Space(0, goesOn: true).Space(3, goesOn: false);

    [Fact]
    public void The_reference_is_given_earlier_rows_and_new_ones_as_a_whole()
    {
        using SequenceCache cache = SequenceCache.For(null, Inputs, "Layer", 1 << 20);
        int a = cache.Add(), b = cache.Add();
        Assert.Equal([1, 2, 3], Run(cache, true, [(a, [1, 2]), (b, [3])]));
        Assert.Equal([3, 4, 5, 1, 2, 6], Run(cache, false, [(b, [4, 5]), (a, [6])]));
        Assert.Equal((3, 3, 2), (cache.Length(a), cache.Length(b), cache.Count));

        int fork = cache.Fork(a);
        Assert.Equal([1, 2, 6, 7], Run(cache, false, [(fork, [7])]));
        Assert.Equal([1, 2, 6, 8], Run(cache, false, [(a, [8])]));
        Assert.Equal((4, 3), (cache.Length(fork), cache.Length(b)));
    }

    [Fact]
    public void What_does_not_go_on_is_there_again()
    {
        using SequenceCache cache = SequenceCache.For(null, Inputs, "Layer", 1 << 20);
        int a = cache.Add();
        RaggedBatch first = RaggedBatch.Pack([[1]]);
        var source = new RaggedMatrix([2], 1);
        (source.Values[0], source.Values[1]) = (0.5f, 1.5f);
        using (CacheRun prefill = cache.Begin(null, [a], fresh: true, new AddedRows(0, first), new AddedRows(3, source)))
        {
            Assert.Equal([1], prefill.Whole(0, first).Ids.ToArray());
            Assert.Equal([0.5f, 1.5f], prefill.Whole(1, source).Values.ToArray());
            prefill.Commit();
        }
        using CacheRun run = cache.Begin(null, [a], fresh: false, new AddedRows(0, RaggedBatch.Pack([[2]])));
        Assert.Equal([0.5f, 1.5f], run.Whole(1, run.EmptyMatrix(1)).Values.ToArray());
        Assert.Equal([1], run.Past(0).ToArray());
        Assert.Equal([2], run.Past(3).ToArray());
    }

    [Fact]
    public void A_run_that_is_not_committed_changes_nothing()
    {
        using SequenceCache cache = SequenceCache.For(null, new CacheLayout().Space(0, true), "Layer", 1 << 20);
        int a = cache.Add();
        using (CacheRun run = cache.Begin(null, [a], true, new AddedRows(0, RaggedBatch.Pack([[1, 2]]))))
            run.Whole(0, RaggedBatch.Pack([[1, 2]]));
        Assert.Equal((0, 0L), (cache.Length(a), cache.Used));
        Assert.Equal([3], Run(cache, false, [(a, [3])]));
    }

    [Fact]
    public void A_full_cache_says_so_and_has_room_again_after_a_removal()
    {
        using SequenceCache cache = SequenceCache.For(null, new CacheLayout().Space(0, true), "Layer", budget: 5 * 8);
        int a = cache.Add(), b = cache.Add();
        Run(cache, false, [(a, [1, 2, 3])]);
        CacheFullException full = Assert.Throws<CacheFullException>(() => Run(cache, false, [(b, [4, 5, 6])]));
        Assert.Equal((24, 24, 40), (full.Needed, full.Used, full.Budget));
        Assert.Equal((3, 0, 24L), (cache.Length(a), cache.Length(b), cache.Used));
        cache.Remove(a);
        Assert.Equal([4, 5, 6], Run(cache, false, [(b, [4, 5, 6])]));
    }

    [Fact]
    public void Numbers_and_rows_that_do_not_fit_are_refused()
    {
        using SequenceCache cache = SequenceCache.For(null, Inputs, "Layer", 1 << 20);
        int a = cache.Add(), b = cache.Add(), gone = cache.Add();
        cache.Remove(gone);
        RaggedBatch one = RaggedBatch.Pack([[1]]), none = RaggedBatch.Pack([[]]), two = RaggedBatch.Pack([[1], [2]]);
        Refused("no sequence 2", () => cache.Begin(null, [gone], true, new AddedRows(0, one)));
        Refused("no sequence 2", () => cache.Length(gone));
        Refused("twice", () => cache.Begin(null, [a, a], true, new AddedRows(0, two)));
        Refused("2 sequences, the numbers name 1", () => cache.Begin(null, [a], true, new AddedRows(0, two)));
        Refused("brings no rows", () => cache.Begin(null, [a], true, new AddedRows(0, none)));
        Refused("has not begun", () => cache.Begin(null, [a], false, new AddedRows(0, one)));
        using (CacheRun first = cache.Begin(null, [a], true, new AddedRows(0, one), new AddedRows(3, one)))
        {
            Assert.Throws<InvalidOperationException>(() => cache.Begin(null, [b], true, new AddedRows(0, one)));
            Assert.Throws<InvalidOperationException>(() => cache.Remove(a));
            first.Commit();
        }
        Refused("has 1 rows already", () => cache.Begin(null, [a], true, new AddedRows(0, one)));
        Refused("does not go on", () => cache.Begin(null, [a], false, new AddedRows(0, one), new AddedRows(3, one)));
        cache.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cache.Add());
    }

    private static int[] Run(SequenceCache cache, bool fresh, (int Sequence, int[] Ids)[] rows)
    {
        using RaggedBatch ids = RaggedBatch.Pack([.. rows.Select(r => r.Ids)]);
        using CacheRun run = cache.Begin(null, [.. rows.Select(r => r.Sequence)], fresh, new AddedRows(0, ids));
        int[] whole = run.Whole(0, ids).Ids.ToArray();
        run.Commit();
        return whole;
    }

    private static void Refused(string says, Action action) =>
        Assert.Contains(says, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
}
