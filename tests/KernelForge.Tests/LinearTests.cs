namespace KernelForge.Tests;

public class LinearTests
{
    [Fact]
    public void The_weight_is_stored_outputs_first()
    {
        var linear = new Linear(2, 3);
        linear.Load([1, 2, 3, 4, 5, 6], [10, 20, 30]);
        Assert.Equal([10 + 1 - 2, 20 + 3 - 4, 30 + 5 - 6], linear[Some.Rows([1, -1])].Values.ToArray());
    }

    [Fact]
    public void A_transposed_weight_is_stored_inputs_first()
    {
        var linear = new Linear(2, 3, transposed: true);
        linear.Load([1, 3, 5, 2, 4, 6], [10, 20, 30]);
        Assert.Equal([10 + 1 - 2, 20 + 3 - 4, 30 + 5 - 6], linear[Some.Rows([1, -1])].Values.ToArray());
    }

    [Fact]
    public void Without_a_bias_nothing_is_added()
    {
        var linear = new Linear(2, 1, bias: false);
        linear.Load([3, 4]);
        Assert.Equal([11], linear[Some.Rows([1, 2])].Values.ToArray());
    }

    [Fact]
    public void An_absent_linear_is_neither_loaded_nor_applied()
    {
        var absent = new Linear(2, 3, present: false);
        Assert.False(absent.Present);
        Assert.False(absent.HasBias);
        Assert.Contains("absent", Assert.Throws<InvalidOperationException>(() => absent.Load(new double[6])).Message, StringComparison.Ordinal);
        Assert.Contains("absent", Assert.Throws<InvalidOperationException>(() => absent[Some.Rows([1, -1])]).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 7)]
    [InlineData(4, 8, 8)]
    [InlineData(17, 13, 19)]
    [InlineData(33, 64, 40)]
    [InlineData(130, 70, 129)]
    [InlineData(70, 9, 523)]
    public void Any_size_gives_the_sums_of_products(int rows, int inputs, int outputs)
    {
        double[] weight = Some.Numbers(inputs * outputs, seed: 1), bias = Some.Numbers(outputs, seed: 2);
        var linear = new Linear(inputs, outputs);
        linear.Load(weight, bias);
        Tokens x = Some.Tokens(RowSpace.Ragged(rows), inputs, seed: 3);
        double[] expected = new double[rows * outputs];
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < outputs; o++)
            {
                expected[(r * outputs) + o] = bias[o];
                for (int i = 0; i < inputs; i++) expected[(r * outputs) + o] += weight[(o * inputs) + i] * x.Values[(r * inputs) + i];
            }
        Close.To(expected, linear[x]);
    }

    [Fact]
    public void A_rows_result_has_the_same_bits_in_any_batch()
    {
        Linear linear = Some.Linear(70, 129, seed: 1);
        Tokens batch = Some.Tokens(RowSpace.Ragged(130), 70, seed: 2);
        Tokens all = linear[batch];
        for (int row = 0; row < 130; row += 7)
        {
            Tokens alone = linear[new Tokens(RowSpace.Ragged(1), 70, batch.Values.Slice(row * 70, 70).ToArray())];
            Assert.Equal(alone.Values.ToArray(), all.Values.Slice(row * 129, 129).ToArray());
        }
    }

    [Fact]
    public void It_applies_to_whatever_has_rows()
    {
        Linear linear = Some.Linear(2, 3, seed: 1);
        RowSpace rows = RowSpace.Ragged(2, 0);
        Assert.Same(rows.Sequences, linear[Some.Tokens(rows.Sequences, 2, seed: 2)].Rows);
        Assert.Equal(3, linear[Some.Parameter(1, 2)].Features);
        Assert.Equal(0, linear[Some.Tokens(RowSpace.Ragged(0), 2, seed: 2)].Values.Length);
    }

    [Fact]
    public void Other_features_are_refused_with_both_shapes()
    {
        Linear linear = Some.Linear(2, 3, seed: 1);
        Refuses.With<ArgumentException>("Linear [2 → 3] expected [rows, 2], got [1 token, 3]", () => linear[Some.Rows([1, 2, 3])]);
    }

    [Fact]
    public void An_unloaded_linear_says_what_it_is()
    {
        Refuses.With<InvalidOperationException>("Linear [2 → 3] is not loaded", () => new Linear(2, 3)[Some.Rows([1, 2])]);
    }

    [Fact]
    public void A_bias_belongs_only_where_one_is_declared()
    {
        Assert.Throws<ArgumentException>(() => new Linear(2, 1).Load([1, 2]));
        Assert.Throws<ArgumentException>(() => new Linear(2, 1, bias: false).Load([1, 2], [3]));
        Refuses.With<ArgumentException>("takes [3, 2] = 6 numbers, got 5", () => new Linear(2, 3, bias: false).Load(new double[5]));
        Assert.Throws<ArgumentException>(() => new Linear(0, 1));
    }
}
