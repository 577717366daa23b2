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
        Tokens before = Each(Rows, 2, (t, f) => X[t, t - 1, f]);
        Assert.Equal([0, 0, 1, 2, 3, 4, 0, 0, 7, 8], before.Values.ToArray());
        Tokens after = Each(Rows, 2, (t, f) => X[t, t + 1, f]);
        Assert.Equal([3, 4, 5, 6, 0, 0, 9, 10, 0, 0], after.Values.ToArray());
    }

    [Fact]
    public void Folds_run_over_a_sequence()
    {
        Tokens sums = Each(Rows.Sequences, 2, (s, f) => Sum(X.Length(s), n => X[s, n, f]));
        Assert.Equal([9, 12, 0, 0, 16, 18], sums.Values.ToArray());
    }
}
