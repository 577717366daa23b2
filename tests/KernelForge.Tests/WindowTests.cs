namespace KernelForge.Tests;

public class WindowTests
{
    private static readonly RowSpace Rows = RowSpace.Ragged(5, 0, 2, 1);
    private static readonly Tokens X = Some.Tokens(Rows, 3, seed: 2);

    [Theory]
    [InlineData(3, 1, 1, 1, new[] { 5, 0, 2, 1 })]
    [InlineData(3, 2, 1, 1, new[] { 3, 0, 1, 1 })]
    [InlineData(2, 2, 0, 1, new[] { 2, 0, 1, 0 })]
    [InlineData(4, 3, 0, 1, new[] { 1, 0, 0, 0 })]
    [InlineData(3, 1, 0, 2, new[] { 1, 0, 0, 0 })]
    [InlineData(2, 1, 1, 1, new[] { 6, 1, 3, 2 })]
    public void A_window_has_so_many_places(int window, int stride, int padding, int dilation, int[] lengths)
    {
        RowSpace places = Windowed(Rows, window, stride, padding, dilation);
        Assert.Equal(lengths, places.Lengths.Values.ToArray());
        Assert.Same(places, Windowed(Rows, window, stride, padding, dilation));
    }

    [Fact]
    public void As_many_rows_as_before_are_the_same_rows() => Assert.Same(Rows, Windowed(Rows, 5, 1, 2));

    [Theory]
    [InlineData(3, 2, 1)]
    [InlineData(3, 1, 1)]
    [InlineData(2, 2, 0)]
    [InlineData(2, 1, 1)]
    public void Windows_take_the_rows_that_are_there(int window, int stride, int padding)
    {
        Tokens greatest = WindowMax(X, window, stride, padding), mean = WindowMean(X, window, stride, padding);
        RowSpace places = Windowed(Rows, window, stride, padding);
        Assert.Same(places, greatest.Rows);
        Assert.Same(places, mean.Rows);
        var max = new List<double>();
        var average = new List<double>();
        for (int s = 0; s < 4; s++)
        {
            for (int place = 0; place < places.Lengths.Values[s]; place++)
            {
                for (int f = 0; f < 3; f++)
                {
                    double[] there = [.. Enumerable.Range((place * stride) - padding, window)
                        .Where(p => p >= 0 && p < Rows.Lengths.Values[s]).Select(p => X.Values[((Rows.Offsets[s] + p) * 3) + f])];
                    max.Add(there.Length == 0 ? 0 : there.Max());
                    average.Add(there.Length == 0 ? 0 : there.Average());
                }
            }
        }
        Assert.Equal(max, greatest.Values.ToArray());
        Close.To(average.ToArray(), mean);
    }
}
