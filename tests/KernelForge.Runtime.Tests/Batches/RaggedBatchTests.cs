namespace KernelForge.Runtime.Tests.Batches;

public sealed class RaggedBatchTests
{
    [Fact]
    public void Sequences_lie_one_after_another_empty_ones_too()
    {
        using RaggedBatch batch = RaggedBatch.Pack([[5, 6], [], [7]], [[0, 1], [], [2]]);
        Assert.Equal([0, 2, 2, 3], batch.Offsets);
        Assert.Equal([5, 6, 7], batch.Ids);
        Assert.Equal([0, 1, 2], batch.Types);
        Assert.Equal(3, batch.SequenceCount);
        Assert.Equal(3, batch.TokenCount);
        Assert.Equal([5, 6], batch.Sequence(0));
        Assert.True(batch.Sequence(1).IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Sequence(3).Length);
    }

    [Fact]
    public void A_batch_may_have_no_sequences_and_no_tokens()
    {
        using RaggedBatch none = RaggedBatch.Pack([]);
        Assert.Equal([0], none.Offsets);
        Assert.Equal(0, none.Rows.Count);
        using RaggedBatch empty = RaggedBatch.Pack([[], []]);
        Assert.Equal([0, 0, 0], empty.Offsets);
        Assert.Equal(2, empty.Rows.SequenceCount);
    }

    [Fact]
    public void The_reference_run_gets_the_same_rows_ids_types_and_positions()
    {
        using RaggedBatch batch = RaggedBatch.Pack([[5, 6], [7]]);
        TokenIds ids = batch.ToTokenIds();
        Assert.Same(batch.Rows, ids.Rows);
        Assert.Equal([5, 6, 7], ((Integers)ids).Values);
        Assert.Equal([0, 0, 0], ids.Types.Values);
        Assert.Equal([0, 1, 0], ids.Positions.Values);
    }

    [Theory]
    [InlineData("too long", "sequence 1 has 3 tokens; the limit is 2: cut it or split it")]
    [InlineData("negative id", "sequence 2 has the id -4 at position 1; ids are not below zero")]
    [InlineData("null sequence", "sequence 1 is null")]
    [InlineData("negative type", "sequence 0 has the type -1 at position 1; types are not below zero")]
    [InlineData("types of other length", "sequence 0 has 2 ids, but 1 types")]
    [InlineData("types of fewer sequences", "there are types for 1 sequences, but ids for 2")]
    [InlineData("null types", "the types of sequence 0 are null")]
    public void What_cannot_be_packed_is_refused_with_its_place_and_the_limit(string fault, string message)
    {
        Func<RaggedBatch> pack = fault switch
        {
            "too long" => () => RaggedBatch.Pack([[1], [1, 2, 3]], maxLength: 2),
            "negative id" => () => RaggedBatch.Pack([[1], [], [1, -4]]),
            "null sequence" => () => RaggedBatch.Pack([[1], null!]),
            "negative type" => () => RaggedBatch.Pack([[1, 2]], [[0, -1]]),
            "types of other length" => () => RaggedBatch.Pack([[1, 2]], [[0]]),
            "types of fewer sequences" => () => RaggedBatch.Pack([[1], [2]], [[0]]),
            _ => () => RaggedBatch.Pack([[1]], [null!]),
        };
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => pack()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_used_again_has_only_its_new_sequences_on_new_rows()
    {
        using RaggedBatch batch = RaggedBatch.Pack([[1, 2, 3], [4]], [[1, 1, 1], [1]]);
        RowSpace before = batch.Rows;
        batch.Reset([[9], [8]]);
        Assert.Equal([0, 1, 2], batch.Offsets);
        Assert.Equal([9, 8], batch.Ids);
        Assert.Equal([0, 0], batch.Types);
        Assert.NotSame(before, batch.Rows);
        Assert.Equal(2, batch.Rows.Count);
    }

    [Fact]
    public void A_refused_reset_leaves_the_batch_as_it_was()
    {
        using RaggedBatch batch = RaggedBatch.Pack([[1, 2]]);
        Assert.Throws<ArgumentException>(() => batch.Reset([[7], [-1]]));
        Assert.Equal([1, 2], batch.Ids);
        Assert.Equal([0, 2], batch.Offsets);
    }

    [Fact]
    public void Reset_allocates_nothing_once_warm()
    {
        int[][] large = [[1, 2, 3, 4], [5, 6, 7]], small = [[1], [], [2]], types = [[0], [], [1]];
        using RaggedBatch batch = RaggedBatch.Pack(large);
        batch.Reset(small, types);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            batch.Reset(large);
            batch.Reset(small, types);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_disposed_batch_refuses()
    {
        RaggedBatch batch = RaggedBatch.Pack([[1]]);
        batch.Dispose();
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.Ids.Length);
        Assert.Throws<ObjectDisposedException>(() => batch.Rows);
        Assert.Throws<ObjectDisposedException>(() => batch.Reset([[1]]));
    }
}
