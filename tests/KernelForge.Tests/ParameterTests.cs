namespace KernelForge.Tests;

public class ParameterTests
{
    [Fact]
    public void A_row_is_read_by_column_and_a_table_by_row_and_column()
    {
        Assert.Equal(3, Some.Parameter(2, 3)[1]);
        Assert.Equal(3, Some.Parameter(2, 3)[0, 1]);
        var table = new Parameter(2, 3);
        table.Load([1, 2, 3, 4, 5, 6]);
        Assert.Equal(6, table[1, 2]);
    }

    [Fact]
    public void A_table_read_with_one_index_is_refused() =>
        Refuses.With<ArgumentException>("Parameter [2, 3]", () => new Parameter(2, 3)[1]);

    [Theory]
    [InlineData(2, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, 3)]
    [InlineData(0, -1)]
    public void An_element_outside_is_refused_by_name(int row, int column)
    {
        var table = new Parameter(2, 3);
        table.Load(new double[6]);
        Refuses.With<ArgumentException>($"element [{row}, {column}] of Parameter [2, 3]", () => table[row, column]);
    }

    [Fact]
    public void An_unloaded_parameter_says_what_it_is()
    {
        var parameter = new Parameter(4);
        Refuses.With<InvalidOperationException>("Parameter [4] is not loaded", () => Exp(parameter));
        Assert.Throws<InvalidOperationException>(() => parameter[0]);
    }

    [Fact]
    public void An_absent_parameter_reads_as_zeros_and_takes_no_numbers()
    {
        var absent = new Parameter(3, present: false);
        Assert.False(absent.Present);
        Assert.Equal([0, 0, 0], ((Tokens)absent).Values.ToArray());
        Assert.Equal(0, absent[2]);
        Assert.Throws<InvalidOperationException>(() => absent.Load(new double[3]));
    }

    [Fact]
    public void Loading_again_replaces_what_was_read_before()
    {
        Parameter parameter = Some.Parameter(1, 2);
        Assert.Equal(1, parameter[0]);
        parameter.Load([5, 6]);
        Assert.Equal(5, parameter[0]);
        Assert.Equal([5, 6], ((Tokens)parameter).Values.ToArray());
    }

    [Fact]
    public void Shapes_are_those_of_the_checkpoint()
    {
        Assert.Equal([4], new Parameter(4).Shape);
        Assert.Equal([1, 4], new Parameter(1, 4).Shape);
        Assert.Throws<ArgumentException>(() => new Parameter(0));
        Assert.Throws<ArgumentException>(() => new Parameter(0, 3));
    }

    [Fact]
    public void Numbers_of_another_count_are_refused() =>
        Refuses.With<ArgumentException>("Parameter [2, 3] takes [2, 3] = 6 numbers, got 5", () => new Parameter(2, 3).Load(new double[5]));
}
