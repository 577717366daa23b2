namespace KernelForge.Tests;

public class FoldTests
{
    private static readonly double[] Terms = [3, -7, 9, 9, 0.5];

    [Fact]
    public void Folds_take_every_term_in_order()
    {
        Assert.Equal(14.5, Sum(5, n => Terms[n]));
        Assert.Equal(9, Max(5, n => Terms[n]));
        Assert.Equal(-7, Min(5, n => Terms[n]));
        Assert.Equal(2, ArgMax(5, n => Terms[n]));
        Assert.Equal(1, ArgMax(5, n => -Terms[n]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Folds_of_nothing_are_neutral(int count)
    {
        Assert.Equal(0, Sum(count, n => Terms[n]));
        Assert.Equal(double.NegativeInfinity, Max(count, n => Terms[n]));
        Assert.Equal(double.PositiveInfinity, Min(count, n => Terms[n]));
        Assert.Equal(0, ArgMax(count, n => Terms[n]));
    }

    [Fact]
    public void No_term_is_greater_than_all_where_all_are_the_least() => Assert.Equal(0, ArgMax(3, n => double.NegativeInfinity));

    [Fact]
    public void A_row_counts_by_its_position()
    {
        Tokens rising = Each(RowSpace.Ragged(4), 1, (t, f) => Sum(t, n => n + 1));
        Assert.Equal([0, 1, 3, 6], rising.Values.ToArray());
    }
}
