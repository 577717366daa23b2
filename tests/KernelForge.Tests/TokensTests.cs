namespace KernelForge.Tests;

public class TokensTests
{
    private static readonly RowSpace Rows = RowSpace.Ragged(2, 0, 1);

    private static readonly Tokens X = new(Rows, 2, [1, 2, 3, 4, 5, 6]);
    private static readonly Tokens Y = new(Rows, 2, [10, 20, 30, 40, 50, 60]);

    [Fact]
    public void Arithmetic_works_element_by_element()
    {
        Assert.Equal([11, 22, 33, 44, 55, 66], (X + Y).Values.ToArray());
        Assert.Equal([9, 18, 27, 36, 45, 54], (Y - X).Values.ToArray());
        Assert.Equal([10, 40, 90, 160, 250, 360], (X * Y).Values.ToArray());
        Assert.Equal([10, 10, 10, 10, 10, 10], (Y / X).Values.ToArray());
        Assert.Equal([-1, -2, -3, -4, -5, -6], (-X).Values.ToArray());
        Assert.Same(Rows, (X + Y).Rows);
    }

    [Fact]
    public void A_number_stands_on_either_side()
    {
        Assert.Equal([2, 3, 4, 5, 6, 7], (X + 1).Values.ToArray());
        Assert.Equal([2, 3, 4, 5, 6, 7], (1 + X).Values.ToArray());
        Assert.Equal([0, 1, 2, 3, 4, 5], (X - 1).Values.ToArray());
        Assert.Equal([0, -1, -2, -3, -4, -5], (1 - X).Values.ToArray());
        Assert.Equal([2, 4, 6, 8, 10, 12], (X * 2).Values.ToArray());
        Assert.Equal([2, 4, 6, 8, 10, 12], (2 * X).Values.ToArray());
        Assert.Equal([0.5, 1, 1.5, 2, 2.5, 3], (X / 2).Values.ToArray());
        Assert.Equal([60, 30, 20, 15, 12, 10], (60 / X).Values.ToArray());
    }

    [Fact]
    public void A_table_of_one_row_counts_for_every_row()
    {
        Parameter row = Some.Parameter(100, 200);
        Assert.Equal([101, 202, 103, 204, 105, 206], (X + row).Values.ToArray());
        Assert.Equal([99, 198, 97, 196, 95, 194], (row - X).Values.ToArray());
        Assert.Same(Rows, (row - X).Rows);
    }

    [Fact]
    public void A_value_a_sequence_counts_for_every_token_of_its_sequence()
    {
        var perSequence = new Tokens(Rows.Sequences, 2, [100, 200, 300, 400, 500, 600]);
        Assert.Equal([101, 202, 103, 204, 505, 606], (X + perSequence).Values.ToArray());
        Assert.Equal([99, 198, 97, 196, 495, 594], (perSequence - X).Values.ToArray());
        Assert.Same(Rows, (perSequence - X).Rows);
    }

    [Fact]
    public void One_feature_counts_for_every_feature()
    {
        var one = new Tokens(Rows, 1, [100, 200, 300]);
        Assert.Equal([101, 102, 203, 204, 305, 306], (X + one).Values.ToArray());
        Assert.Equal([99, 98, 197, 196, 295, 294], (one - X).Values.ToArray());
    }

    [Fact]
    public void A_column_a_token_and_a_row_of_features_make_a_full_value()
    {
        var column = new Tokens(Rows, 1, [1, 2, 3]);
        Tokens product = column * Some.Parameter(10, 100);
        Assert.Equal([10, 100, 20, 200, 30, 300], product.Values.ToArray());
    }

    [Fact]
    public void Parameters_compute_among_themselves_and_with_numbers()
    {
        Parameter a = Some.Parameter(1, 2), b = Some.Parameter(3, 5);
        Assert.Equal([4, 7], (a + b).Values.ToArray());
        Assert.Equal([-2, -3], (a - b).Values.ToArray());
        Assert.Equal([3, 10], (a * b).Values.ToArray());
        Assert.Equal([3, 2.5], (b / a).Values.ToArray());
        Assert.Equal([2, 3], (1 + a).Values.ToArray());
        Assert.Equal([2, 3], (a + 1).Values.ToArray());
        Assert.Equal([0, -1], (1 - a).Values.ToArray());
        Assert.Equal([0, 1], (a - 1).Values.ToArray());
        Assert.Equal([2, 4], (2 * a).Values.ToArray());
        Assert.Equal([2, 4], (a * 2).Values.ToArray());
        Assert.Equal([2, 1], (2 / a).Values.ToArray());
        Assert.Equal([0.5, 1], (a / 2).Values.ToArray());
        Assert.Equal([-1, -2], (-a).Values.ToArray());
        Assert.Equal([2, 4, 4, 6, 6, 8], (X + a * 1).Values.ToArray());
    }

    [Fact]
    public void The_rows_of_a_table_go_with_themselves_and_with_one_row()
    {
        var table = new Parameter(2, 2);
        table.Load([1, 2, 3, 4]);
        Assert.Equal([2, 4, 6, 8], (table + table).Values.ToArray());
        Assert.Equal([11, 22, 13, 24], (table + Some.Parameter(10, 20)).Values.ToArray());
        Assert.Equal([11, 22, 13, 24], (Some.Parameter(10, 20) + table).Values.ToArray());
    }

    [Fact]
    public void Tokens_of_two_batches_do_not_go_together_even_if_they_are_as_many()
    {
        Tokens other = Some.Tokens(RowSpace.Ragged(2, 0, 1), 2, seed: 1);
        string message = Assert.Throws<ArgumentException>(() => X + other).Message;
        Assert.Contains("[3 tokens, 2] and [3 tokens, 2]", message, StringComparison.Ordinal);
        Assert.Contains("not the same ones", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_a_sequence_of_another_batch_do_not_broadcast()
    {
        Tokens other = Some.Tokens(RowSpace.Ragged(2, 0, 1).Sequences, 2, seed: 1);
        string message = Assert.Throws<ArgumentException>(() => X * other).Message;
        Assert.StartsWith("*: [3 tokens, 2] and [3 sequences, 2]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_several_rows_does_not_go_with_tokens()
    {
        var table = new Parameter(3, 2);
        table.Load([1, 2, 3, 4, 5, 6]);
        Refuses.With<ArgumentException>("[3 tokens, 2] and [3 table rows, 2]", () => X - table);
    }

    [Fact]
    public void Tables_of_as_many_rows_go_together_and_of_others_do_not()
    {
        Parameter a = new(2, 1), b = new(2, 1), c = new(3, 1);
        a.Load([1, 2]);
        b.Load([10, 20]);
        c.Load([1, 2, 3]);
        Assert.Equal([11, 22], (a + b).Values.ToArray());
        Refuses.With<ArgumentException>("[2 table rows, 1] and [3 table rows, 1]", () => a + c);
    }

    [Fact]
    public void Other_feature_counts_do_not_go_together()
    {
        string message = Assert.Throws<ArgumentException>(() => X + Some.Tokens(Rows, 3, seed: 1)).Message;
        Assert.Contains("[3 tokens, 2] and [3 tokens, 3]", message, StringComparison.Ordinal);
        Assert.Contains("2 and 3 features", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lambda_reads_its_rows_values()
    {
        Row row = Rows.Row(2, 0);
        Assert.Equal(6, X[row, 1]);
        Assert.Equal(8, ((Tokens)Some.Parameter(7, 8))[row, 1]);
        Assert.Equal(3, new Tokens(Rows.Sequences, 1, [1, 2, 3])[row, 0]);
    }

    [Fact]
    public void A_lambda_cannot_read_at_the_row_of_another_batch()
    {
        RowSpace other = RowSpace.Ragged(2, 0, 1);
        string message = Assert.Throws<ArgumentException>(() => X[other.Row(0, 1), 0]).Message;
        Assert.Contains("[3 tokens, 2]", message, StringComparison.Ordinal);
        Assert.Contains("row 1 (position 1 of sequence 0)", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Some.Tokens(other.Sequences, 1, seed: 1)[Rows.Row(0, 1), 0]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_lambda_cannot_read_a_feature_that_is_not_there(int feature)
    {
        Refuses.With<ArgumentException>($"feature {feature} of [3 tokens, 2]", () => X[Rows.Row(0, 0), feature]);
    }

    [Fact]
    public void Numbers_of_another_count_are_refused()
    {
        Refuses.With<ArgumentException>("5 numbers for [3 tokens, 2]", () => new Tokens(Rows, 2, new double[5]));
        Assert.Throws<ArgumentException>(() => new Tokens(Rows, 0, []));
    }

    [Fact]
    public void A_value_that_no_array_holds_is_refused_with_its_shape()
    {
        RowSpace rows = RowSpace.Ragged(70_000);
        Tokens column = new(rows, 1, new double[70_000]);
        var wide = new Parameter(70_000);
        wide.Load(new double[70_000]);
        Refuses.With<ArgumentException>("[70000 tokens, 70000] has 4900000000 numbers", () => column * wide);
    }

    [Fact]
    public void A_batch_without_tokens_computes_nothing()
    {
        RowSpace empty = RowSpace.Ragged(0, 0);
        Tokens x = Some.Tokens(empty, 3, seed: 1);
        Assert.Equal(0, (x * 2 + x).Values.Length);
        Assert.Equal(0, (x + Some.Parameter(1, 2, 3)).Values.Length);
        Assert.Equal(0, (x + Some.Tokens(empty.Sequences, 3, seed: 2)).Values.Length);
    }

    [Fact]
    public void Large_values_come_out_the_same_as_small_ones()
    {
        // Above the size at which the work is shared among threads.
        RowSpace rows = RowSpace.Ragged(700, 0, 301);
        Tokens x = Some.Tokens(rows, 96, seed: 1), y = Some.Tokens(rows.Sequences, 96, seed: 2), sum = x + y;
        for (int row = 0; row < rows.Count; row++)
            for (int f = 0; f < 96; f++)
                Assert.Equal(x.Values[(row * 96) + f] + y.Values[((row < 700 ? 0 : 2) * 96) + f], sum.Values[(row * 96) + f]);
    }
}
