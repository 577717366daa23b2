namespace KernelForge.Tests;

public class IntegersTests
{
    [Fact]
    public void Positions_begin_again_in_every_sequence()
    {
        var ids = new TokenIds(RowSpace.Ragged(3, 0, 2), [7, 8, 9, 10, 11]);
        Assert.Equal([0, 1, 2, 0, 1], ids.Positions.Values.ToArray());
    }

    [Fact]
    public void Every_value_with_sequences_has_positions()
    {
        Assert.Equal([0, 1, 2, 0, 1], Some.Tokens(RowSpace.Ragged(3, 0, 2), 4, seed: 1).Positions.Values.ToArray());
        Refuses.With<InvalidOperationException>("1 table row", () => ((Tokens)Some.Parameter(1)).Positions);
    }

    [Fact]
    public void Token_ids_are_their_ids_where_integers_are_wanted()
    {
        Integers integers = new TokenIds(RowSpace.Ragged(2), [7, 8]);
        Assert.Equal([7, 8], integers.Values.ToArray());
    }

    [Fact]
    public void Types_are_zeros_where_none_are_given()
    {
        RowSpace rows = RowSpace.Ragged(2);
        Assert.Equal([0, 0], new TokenIds(rows, [7, 8]).Types.Values.ToArray());
        Assert.Equal([0, 1], new TokenIds(rows, [7, 8], [0, 1]).Types.Values.ToArray());
    }

    [Fact]
    public void Integers_compute_with_integers()
    {
        Integers x = new(RowSpace.Ragged(3), [1, 2, 5]);
        Assert.Equal([3, 4, 7], (x + 2).Values.ToArray());
        Assert.Equal([3, 4, 7], (2 + x).Values.ToArray());
        Assert.Equal([-1, 0, 3], (x - 2).Values.ToArray());
        Assert.Equal([1, 0, -3], (2 - x).Values.ToArray());
        Assert.Equal([3, 6, 15], (x * 3).Values.ToArray());
        Assert.Equal([3, 6, 15], (3 * x).Values.ToArray());
        Assert.Same(x.Rows, (x + 2).Rows);
    }

    [Fact]
    public void Integers_that_leave_their_range_are_refused() =>
        Assert.Throws<OverflowException>(() => new Integers(RowSpace.Ragged(1), [int.MaxValue]) + 1);

    [Fact]
    public void One_integer_a_row_is_needed() =>
        Refuses.With<ArgumentException>("2 integers for 3 tokens", () => new TokenIds(RowSpace.Ragged(3), [1, 2]));
}
