namespace KernelForge.Tests;

public class ScanTests
{
    private static readonly RowSpace Rows = RowSpace.Ragged(3, 0, 1);
    private static readonly Tokens X = new(Rows, 2, [1, 2, 3, 4, 5, 6, 7, 8]);

    [Fact]
    public void A_sum_along_each_sequence_begins_again_with_each()
    {
        Tokens sums = Scan(Rows, 2, 1, (t, f, n, h) => h + X[t, f], (t, f, n, h) => h);
        Assert.Equal([1, 2, 4, 6, 9, 12, 7, 8], sums.Values.ToArray());
    }

    [Fact]
    public void Backwards_it_begins_at_the_last_row()
    {
        Tokens sums = Scan(Rows, 2, 1, (t, f, n, h) => h + X[t, f], (t, f, n, h) => h, backwards: true);
        Assert.Equal([9, 12, 8, 10, 5, 6, 7, 8], sums.Values.ToArray());
    }

    [Fact]
    public void Every_state_goes_its_own_way_and_the_outputs_add_up()
    {
        Tokens y = Scan(Rows, 1, 3, (t, f, n, h) => (n * h) + X[t, f], (t, f, n, h) => (n + 1) * h);
        double[] expected = new double[4];
        for (int n = 0; n < 3; n++)
        {
            double h = 0;
            for (int row = 0; row < 3; row++) expected[row] += (n + 1) * (h = (n * h) + X.Values[2 * row]);
            expected[3] += (n + 1) * 7;
        }
        Assert.Equal(expected, y.Values.ToArray());
    }

    [Fact]
    public void What_has_no_shape_is_refused()
    {
        Refuses.With<ArgumentException>("0 features of 1 states", () => Scan(Rows, 0, 1, (t, f, n, h) => h, (t, f, n, h) => h));
        Refuses.With<ArgumentException>("1 features of 0 states", () => Scan(Rows, 1, 0, (t, f, n, h) => h, (t, f, n, h) => h));
        Refuses.With<ArgumentException>("3 table rows", () => Scan(RowSpace.Table(3), 1, 1, (t, f, n, h) => h, (t, f, n, h) => h));
    }
}
