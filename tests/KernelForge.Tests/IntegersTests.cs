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
    public void Lengths_of_two_batches_with_as_many_sequences_go_together()
    {
        RowSpace rows = RowSpace.Ragged(2, 0, 3), others = RowSpace.Ragged(5, 7, 1);
        Integers pairs = rows.Lengths * others.Lengths;
        Assert.Equal([10, 0, 3], pairs.Values.ToArray());
        Assert.Equal(13, rows.WithLengths(pairs).Count);
        Assert.Throws<ArgumentException>(() => others.WithLengths(pairs));
        Refuses.With<ArgumentException>("3 sequences", () => rows.Lengths * RowSpace.Ragged(5, 7).Lengths);
        Refuses.With<ArgumentException>("5 tokens", () => rows.Lengths + new Integers(RowSpace.Ragged(5), new int[5]));
    }

    [Fact]
    public void Integers_that_leave_their_range_are_refused_with_their_row() => Refuses.With<OverflowException>(
        "2147483647 + 1 at row 1 of [2 tokens] of integers", () => new Integers(RowSpace.Ragged(2), [0, int.MaxValue]) + 1);

    [Fact]
    public void One_integer_a_row_is_needed() =>
        Refuses.With<ArgumentException>("2 integers for 3 tokens", () => new TokenIds(RowSpace.Ragged(3), [1, 2]));

    [Fact]
    public void Division_and_remainder_cut_towards_zero()
    {
        Integers x = new(RowSpace.Ragged(4), [7, -7, 2, 0]);
        Assert.Equal([3, -3, 1, 0], (x / 2).Values.ToArray());
        Assert.Equal([1, -1, 0, 0], (x % 2).Values.ToArray());
        Assert.Equal([2, -2, 10], (20 / new Integers(RowSpace.Ragged(3), [7, -7, 2])).Values.ToArray());
        Assert.Equal([6, 6, 0], (20 % new Integers(RowSpace.Ragged(3), [7, -7, 2])).Values.ToArray());
        Refuses.With<DivideByZeroException>("1 / 0 at row 3 of [4 tokens]", () => 1 / x);
        Refuses.With<DivideByZeroException>("7 % 0 at row 0", () => x % 0);
    }

    [Fact]
    public void Integers_meet_row_by_row_or_one_a_sequence()
    {
        RowSpace rows = RowSpace.Ragged(2, 0, 3);
        Integers positions = Integers.PositionsOf(rows);
        Assert.Equal([0, 2, 0, 2, 4], (positions + positions).Values.ToArray());
        Assert.Equal([2, 1, 3, 2, 1], (rows.Lengths - positions).Values.ToArray());
        Assert.Same(rows, (rows.Lengths - positions).Rows);
        Assert.Equal([0, 1, 0, 1, 2], (positions % rows.Lengths).Values.ToArray());
        Assert.Equal([2, 2, 3, 3, 3], Max(positions, rows.Lengths).Values.ToArray());
        Assert.Equal([1, 1, 1, 1, 2], Max(1, positions).Values.ToArray());
        Assert.Equal([0, 1, 0, 1, 1], Min(positions, 1).Values.ToArray());
        Refuses.With<ArgumentException>(
            "[5 tokens] of integers and [5 tokens] of integers do not go together",
            () => positions + Integers.PositionsOf(RowSpace.Ragged(2, 0, 3)));
    }

    [Fact]
    public void A_function_of_integers_runs_on_each() =>
        Assert.Equal([0, 1, 4], new Integers(RowSpace.Ragged(3), [0, 1, 2]).Select(x => x * x).Values.ToArray());
}
