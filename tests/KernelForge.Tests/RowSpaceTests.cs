namespace KernelForge.Tests;

public class RowSpaceTests
{
    [Fact]
    public void A_ragged_space_has_offsets_that_include_empty_sequences()
    {
        RowSpace rows = RowSpace.Ragged(3, 0, 4);
        Assert.Equal(7, rows.Count);
        Assert.Equal(3, rows.SequenceCount);
        Assert.Equal([0, 3, 3, 7], rows.Offsets);
    }

    [Fact]
    public void A_batch_may_have_no_sequence()
    {
        RowSpace rows = RowSpace.Ragged();
        Assert.Equal(0, rows.Count);
        Assert.Equal(0, rows.SequenceCount);
        Assert.Equal(0, rows.Sequences.Count);
    }

    [Fact]
    public void The_sequences_of_a_space_are_one_row_each_and_always_the_same_object()
    {
        RowSpace rows = RowSpace.Ragged(3, 0, 4);
        Assert.Same(rows.Sequences, rows.Sequences);
        Assert.Equal([0, 1, 2, 3], rows.Sequences.Offsets);
        Assert.Same(rows.Sequences, rows.Sequences.Sequences);
    }

    [Fact]
    public void The_rows_of_a_table_belong_to_no_sequence()
    {
        RowSpace table = RowSpace.Table(3);
        Assert.Equal(3, table.Count);
        Assert.True(table.IsTable);
        Refuses.With<InvalidOperationException>("3 table rows", () => table.Sequences);
    }

    [Fact]
    public void Shapes_name_their_rows()
    {
        Assert.Equal("7 tokens", RowSpace.Ragged(3, 4).ToString());
        Assert.Equal("1 token", RowSpace.Ragged(1).ToString());
        Assert.Equal("2 sequences", RowSpace.Ragged(3, 4).Sequences.ToString());
        Assert.Equal("1 table row", RowSpace.Table(1).ToString());
    }

    [Fact]
    public void A_negative_length_is_refused_with_its_sequence() =>
        Refuses.With<ArgumentException>("sequence 1 has length -2", () => RowSpace.Ragged(3, -2));

    [Fact]
    public void More_tokens_than_an_int_counts_are_refused() =>
        Refuses.With<ArgumentException>("2147483648 tokens", () => RowSpace.Ragged(int.MaxValue, 1));

    [Fact]
    public void A_table_without_rows_is_refused() => Assert.Throws<ArgumentException>(() => RowSpace.Table(0));

    [Fact]
    public void A_row_is_its_position_where_a_number_is_wanted()
    {
        RowSpace rows = RowSpace.Ragged(3, 0, 4);
        Row i = rows.Row(2, 3), j = rows.Row(2, 1);
        Assert.Equal(6, i.Absolute);
        Assert.Equal(2, i.Sequence);
        Assert.Equal(2, i - j);
        Assert.True(j <= i);
        Assert.Equal(3, Max(i, j));
        Assert.Equal("row 6 (position 3 of sequence 2)", i.ToString());
    }
}
