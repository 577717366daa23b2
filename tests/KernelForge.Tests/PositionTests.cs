namespace KernelForge.Tests;

public class PositionTests
{
    private static readonly RowSpace Rows = RowSpace.Ragged(3, 0, 1);
    private static readonly Tokens X = new(Rows, 2, [1, 2, 3, 4, 5, 6, 7, 8]);

    [Theory]
    [InlineData(0, new double[] { 1, 2, 3, 4, 5, 6, 7, 8 })]
    [InlineData(1, new double[] { 0, 0, 1, 2, 3, 4, 0, 0 })]
    [InlineData(-1, new double[] { 3, 4, 5, 6, 0, 0, 0, 0 })]
    [InlineData(9, new double[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    public void A_shift_stays_within_each_sequence(int by, double[] expected) => Assert.Equal(expected, Shift(X, by).Values.ToArray());

    [Fact]
    public void A_cumulative_sum_begins_again_in_each_sequence() =>
        Assert.Equal([1, 2, 4, 6, 9, 12, 7, 8], CumulativeSum(X).Values.ToArray());

    [Fact]
    public void The_last_row_of_a_sequence_is_zeros_where_there_is_none()
    {
        Tokens last = SequenceLast(X);
        Assert.Same(Rows.Sequences, last.Rows);
        Assert.Equal([5, 6, 0, 0, 7, 8], last.Values.ToArray());
        Assert.Equal(last.Values, SequenceLast(last).Values);
    }

    [Theory]
    [InlineData(1, new double[] { 1, 2, 3, 4, 1, 2, 3, 4 })]
    [InlineData(2, new double[] { 1, 2, 1, 2, 3, 4, 3, 4 })]
    [InlineData(4, new double[] { 1, 1, 2, 2, 3, 3, 4, 4 })]
    public void Each_group_of_features_repeats_in_its_place(int groups, double[] expected) =>
        Assert.Equal(expected, Repeat(Some.Rows([1, 2, 3, 4]), 2, groups).Values.ToArray());

    [Fact]
    public void Repeating_what_does_not_divide_or_never_is_refused()
    {
        Refuses.With<ArgumentException>(
            "the 4 features of [1 token, 4] do not divide into 3 groups", () => Repeat(Some.Rows([1, 2, 3, 4]), 2, 3));
        Refuses.With<ArgumentException>("Each: [1 token, 0]", () => Repeat(Some.Rows([1, 2, 3, 4]), 0));
    }
}
