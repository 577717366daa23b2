namespace KernelForge.Tests;

public class EachTests
{
    private static readonly RowSpace Rows = RowSpace.Ragged(3, 0, 2);
    private static readonly Tokens X = new(Rows, 2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

    [Fact]
    public void A_lambda_reads_its_own_row() =>
        Assert.Equal([12, 34, 56, 78, 100], Each(Rows, 1, (t, f) => (10 * X[t, 0]) + X[t, 1]).Values.ToArray());

    [Fact]
    public void A_position_beyond_the_sequence_reads_as_zero()
    {
        Assert.Equal([0, 0, 1, 2, 3, 4, 0, 0, 7, 8], Each(Rows, 2, (t, f) => X[t, t - 1, f]).Values.ToArray());
        Assert.Equal([3, 4, 5, 6, 0, 0, 9, 10, 0, 0], Each(Rows, 2, (t, f) => X[t, t + 1, f]).Values.ToArray());
        Assert.Equal(new double[5], Each(Rows, 1, (t, f) => X[t, int.MinValue, f] + X[t, int.MaxValue, f]).Values.ToArray());
    }

    [Fact]
    public void Folds_run_over_a_sequence()
    {
        Tokens sums = Each(Rows.Sequences, 2, (s, f) => Sum(X.Length(s), n => X[s, n, f]));
        Assert.Equal([9, 12, 0, 0, 16, 18], sums.Values.ToArray());
        Tokens squares = Each(Rows, 1, (t, f) => Sum(X.Length(t), n => Sum(2, g => X[t, n, g] * X[t, g])));
        Assert.Equal([9 + 24, 27 + 48, 45 + 72, (16 * 7) + (18 * 8), (16 * 9) + (18 * 10)], squares.Values.ToArray());
    }

    [Fact]
    public void Rows_of_other_lengths_read_by_position()
    {
        RowSpace twice = Rows.WithLengths(Rows.Lengths * 2);
        Tokens doubled = Each(twice, 1, (t, f) => X[t, t / 2, 0]);
        Assert.Equal([1, 1, 3, 3, 5, 5, 7, 7, 9, 9], doubled.Values.ToArray());
        Tokens back = Each(Rows, 1, (t, f) => doubled[t, 2 * t, 0] + doubled.Length(t));
        Assert.Equal([7, 9, 11, 11, 13], back.Values.ToArray());
    }

    [Fact]
    public void One_row_a_sequence_and_one_for_all_read_at_every_row()
    {
        Tokens perSequence = new(Rows.Sequences, 1, [10, 20, 30]), one = Some.Parameter(100);
        Assert.Equal([111, 113, 115, 137, 139], Each(Rows, 1, (t, f) => X[t, 0] + perSequence[t, 0] + one[t, 0]).Values.ToArray());
    }

    [Fact]
    public void Integers_ids_and_lengths_are_read_by_row_and_position()
    {
        var ids = new TokenIds(Rows, [1, 2, 3, 4, 5], [0, 1, 0, 1, 0]);
        Tokens read = Each(Rows, 1, (t, f) => (100 * ids[t]) + (10 * ids[t, t + 1]) + ids.Types[t] + ids.Positions[t, 1]);
        Assert.Equal([121, 232, 301, 452, 501], read.Values.ToArray());
        Integers lengths = Rows.Lengths;
        Assert.Equal([33, 33, 33, 22, 22], Each(Rows, 1, (t, f) => (10 * lengths[t]) + ids.Length(t)).Values.ToArray());
        Assert.Equal([1, 1, 1, 1, 1], Each(Rows, 1, (t, f) => lengths.Length(t)).Values.ToArray());
        Assert.Equal([3, 3, 3, 2, 2], Each(Rows, 1, (t, f) => Rows.Length(t)).Values.ToArray());
    }

    [Fact]
    public void A_table_is_read_by_numbers_and_made_row_by_row()
    {
        Tokens table = Each(RowSpace.Table(3), 2, (t, f) => (10 * t) + f);
        Assert.Equal([0, 1, 10, 11, 20, 21], table.Values.ToArray());
        Assert.Equal([21, 21, 21, 21, 21], Each(Rows, 1, (t, f) => table[2, 1]).Values.ToArray());
        Linear linear = Some.Linear(2, 3, seed: 1);
        Assert.Equal("[3 table rows, 3]", linear[table].ToString());
        Assert.Equal(linear[Some.Rows([0, 1], [10, 11], [20, 21])].Values, linear[table].Values);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(3, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 2)]
    public void An_element_that_a_table_has_not_is_refused(int row, int column)
    {
        Tokens table = Each(RowSpace.Table(3), 2, (t, f) => 1);
        Refuses.With<ArgumentException>(
            $"element [{row}, {column}] of [3 table rows, 2]: there is none", () => Each(Rows, 1, (t, f) => table[row, column]));
    }

    [Fact]
    public void What_is_not_there_is_refused()
    {
        Refuses.With<ArgumentException>("feature 2 of [5 tokens, 2]: features are 0 to 1", () => Each(Rows, 3, (t, f) => X[t, f]));
        Refuses.With<ArgumentException>("feature 2 of [5 tokens, 2]", () => Each(Rows, 3, (t, f) => X[t, 9, f]));
        Refuses.With<ArgumentException>("only a table is read by a number", () => Each(Rows, 1, (t, f) => X[0, 0]));
        Refuses.With<ArgumentException>("Each: [5 tokens, 0]", () => Each(Rows, 0, (t, f) => 1));
        RowSpace longer = Rows.WithLengths(Rows.Lengths + 1);
        Refuses.With<ArgumentException>("[5 tokens, 2] cannot be read at row 0", () => Each(longer, 1, (t, f) => X[t, f]));
    }

    [Fact]
    public void Sequences_and_tables_do_not_read_each_other_by_position()
    {
        Tokens table = Each(RowSpace.Table(3), 2, (t, f) => 1);
        Refuses.With<ArgumentException>("[3 table rows, 2] has no sequences", () => Each(Rows, 1, (t, f) => table[t, 0, 0]));
        Refuses.With<ArgumentException>("[3 table rows, 2] has no sequences", () => Each(Rows, 1, (t, f) => table.Length(t)));
        Refuses.With<ArgumentException>(
            "cannot be read by position at a row of a table", () => Each(RowSpace.Table(3), 1, (t, f) => X[t, 0, 0]));
        Refuses.With<ArgumentException>("has 3 sequences and cannot be read", () => Each(RowSpace.Ragged(1), 1, (t, f) => X[t, 0, 0]));
    }

    [Fact]
    public void A_batch_of_as_many_sequences_reads_by_position()
    {
        RowSpace other = RowSpace.Ragged(1, 2, 1);
        Assert.Equal([5, 0, 0, 9], Each(other, 1, (t, f) => X[t, X.Length(t) - 1, 0]).Values.ToArray());
    }

    [Fact]
    public void Many_rows_on_several_threads_are_the_same_numbers()
    {
        RowSpace rows = RowSpace.Ragged([.. Enumerable.Range(0, 60)]);
        Tokens x = Some.Tokens(rows, 5, seed: 3);
        Tokens y = Each(rows, 5, (t, f) => Sum(t + 1, n => x[t, n, f]));
        double[] expected = x.Values.ToArray();
        for (int s = 0; s < 60; s++)
            for (int row = rows.Offsets[s] + 1; row < rows.Offsets[s + 1]; row++)
                for (int f = 0; f < 5; f++) expected[(row * 5) + f] += expected[((row - 1) * 5) + f];
        Assert.Equal(expected, y.Values.ToArray());
    }
}
