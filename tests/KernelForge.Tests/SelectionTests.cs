namespace KernelForge.Tests;

public class SelectionTests
{
    [Fact]
    public void The_greatest_features_come_in_order_and_equals_by_index()
    {
        Tokens x = Some.Rows([3, 9, 3, 1], [-1, -5, -1, -2], [0, 0, 0, 0]);
        (Tokens values, Tokens indices) = TopK(x, 3);
        Assert.Equal([9, 3, 3, -1, -1, -2, 0, 0, 0], values.Values.ToArray());
        Assert.Equal([1, 0, 2, 0, 2, 3, 0, 1, 2], indices.Values.ToArray());
        Assert.Same(x.Rows, indices.Rows);
    }

    [Fact]
    public void As_many_as_there_are_sort_the_row()
    {
        Tokens x = Some.Tokens(RowSpace.Ragged(5, 0, 8), 7, seed: 4);
        (Tokens values, Tokens indices) = TopK(x, 7);
        for (int row = 0; row < 13; row++)
        {
            double[] sorted = [.. x.Values.Slice(row * 7, 7).ToArray().OrderDescending()];
            Assert.Equal(sorted, values.Values.Slice(row * 7, 7));
            for (int n = 0; n < 7; n++) Assert.Equal(sorted[n], x.Values[(row * 7) + (int)indices.Values[(row * 7) + n]]);
        }
    }

    [Fact]
    public void More_features_than_there_are_are_refused() =>
        Refuses.With<ArgumentException>("5 features from 0 on are not in [1 token, 4]", () => TopK(Some.Rows([1, 2, 3, 4]), 5));

    [Fact]
    public void Ranks_count_the_rows_of_the_sequence_that_come_before()
    {
        var x = new Tokens(RowSpace.Ragged(4, 0, 1), 2, [2, 1, 5, 1, 2, 3, 7, 1, 4, 4]);
        Assert.Equal([2, 1, 1, 2, 3, 0, 0, 3, 0, 0], Rank(x).Values.ToArray());
    }

    [Fact]
    public void Rows_are_gathered_by_their_positions_within_each_sequence()
    {
        var x = new Tokens(RowSpace.Ragged(3, 0, 2), 2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        var index = new Tokens(RowSpace.Ragged(2, 1, 3), 1, [2, 0, 0, 1, 2, -1]);
        Tokens gathered = Gather(x, index);
        Assert.Same(index.Rows, gathered.Rows);
        Assert.Equal([5, 6, 1, 2, 0, 0, 9, 10, 0, 0, 0, 0], gathered.Values.ToArray());
        Refuses.With<ArgumentException>(
            "[5 tokens, 2] has 3 sequences and cannot be read", () => Gather(x, new Tokens(RowSpace.Ragged(1), 1, [0])));
    }
}
