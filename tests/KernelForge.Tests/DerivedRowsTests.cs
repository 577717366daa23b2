namespace KernelForge.Tests;

public class DerivedRowsTests
{
    private static readonly RowSpace Rows = RowSpace.Ragged(3, 0, 4);

    [Fact]
    public void Lengths_belong_to_the_sequences()
    {
        Assert.Equal([3, 0, 4], Rows.Lengths.Values.ToArray());
        Assert.Same(Rows.Sequences, Rows.Lengths.Rows);
        Assert.Equal([1, 1, 1], Rows.Sequences.Lengths.Values.ToArray());
    }

    [Fact]
    public void Equal_lengths_are_the_same_rows_however_they_were_computed()
    {
        RowSpace longer = Rows.WithLengths(Rows.Lengths + 1);
        Assert.Equal([0, 4, 5, 10], longer.Offsets);
        Assert.Equal("10 rows", longer.ToString());
        Assert.Same(longer, Rows.Sequences.WithLengths(1 + Rows.Lengths));
        Assert.Same(longer, longer.WithLengths(longer.Lengths));
        Assert.Same(Rows, longer.WithLengths(longer.Lengths - 1));
        Assert.Same(Rows.Sequences, longer.Sequences);
        Assert.NotSame(longer, Rows.WithLengths(Rows.Lengths + 2));
    }

    [Fact]
    public void Rows_of_another_batch_are_other_rows()
    {
        RowSpace other = RowSpace.Ragged(3, 0, 4);
        Assert.NotSame(Rows.WithLengths(Rows.Lengths + 1), other.WithLengths(other.Lengths + 1));
        Refuses.With<ArgumentException>("[3 sequences] of integers are not lengths", () => Rows.WithLengths(other.Lengths));
        Refuses.With<ArgumentException>("[7 tokens] of integers are not lengths of the 3 sequences of 7 tokens", () =>
            Rows.WithLengths(new Integers(Rows, new int[7])));
    }

    [Fact]
    public void A_negative_length_is_refused_with_its_sequence() =>
        Refuses.With<ArgumentException>("sequence 1 has length -1", () => Rows.WithLengths(Rows.Lengths - 1));

    [Fact]
    public void More_rows_than_an_int_counts_are_refused() => Refuses.With<ArgumentException>(
        "at most 2147483647", () => Rows.WithLengths(Rows.Lengths * 400_000_000));

    [Fact]
    public void A_table_has_no_lengths()
    {
        Refuses.With<InvalidOperationException>("3 table rows", () => RowSpace.Table(3).Lengths);
        Refuses.With<InvalidOperationException>("3 table rows", () => RowSpace.Table(3).WithLengths(Rows.Lengths));
        Assert.Same(RowSpace.Table(3), RowSpace.Table(3));
    }

    [Fact]
    public void One_row_a_sequence_counts_for_every_derived_row()
    {
        RowSpace longer = Rows.WithLengths(Rows.Lengths + 1);
        var one = new Tokens(Rows.Sequences, 1, [10, 20, 30]);
        Tokens x = new(longer, 1, [.. Enumerable.Range(0, 10).Select(n => (double)n)]);
        Assert.Equal([10, 11, 12, 13, 24, 35, 36, 37, 38, 39], (x + one).Values.ToArray());
        Assert.Equal([6, 4, 35], SequenceSum(x).Values.ToArray());
        Refuses.With<ArgumentException>("[10 rows, 1] and [7 tokens, 1]", () => x + new Tokens(Rows, 1, new double[7]));
    }

    [Fact]
    public void Several_threads_that_derive_the_same_rows_get_one_object()
    {
        RowSpace root = RowSpace.Ragged(1, 2);
        var made = new RowSpace[64];
        Parallel.For(0, made.Length, n => made[n] = root.WithLengths(root.Lengths * 2));
        Assert.All(made, rows => Assert.Same(made[0], rows));
    }
}
