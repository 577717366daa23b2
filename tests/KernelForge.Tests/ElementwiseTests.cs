namespace KernelForge.Tests;

public class ElementwiseTests
{
    private static readonly double[] Inputs = [0.25, 0.5, 1, 1.5, 2, 3.75];

    public static TheoryData<string, Func<Tokens, Tokens>, Func<double, double>, Func<double, double>> Functions => new()
    {
        { "Exp", Exp, Exp, Math.Exp },
        { "Log", Log, Log, Math.Log },
        { "Sqrt", Sqrt, Sqrt, Math.Sqrt },
        { "Tanh", Tanh, Tanh, Math.Tanh },
        { "Abs", x => Abs(-x), x => Abs(-x), x => x },
        { "Sin", Sin, Sin, Math.Sin },
        { "Cos", Cos, Cos, Math.Cos },
        { "Floor", Floor, Floor, x => x - (x % 1) },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Values_and_numbers_get_the_same_function(
        string name, Func<Tokens, Tokens> ofValues, Func<double, double> ofNumbers, Func<double, double> expected)
    {
        Assert.NotEmpty(name);
        Tokens results = ofValues(new Tokens(RowSpace.Ragged(2), 3, [.. Inputs]));
        Assert.Equal(Inputs.Select(expected), results.Values.ToArray());
        Assert.Equal(Inputs.Select(expected), Inputs.Select(ofNumbers));
    }

    [Fact]
    public void The_greater_and_the_smaller_of_two()
    {
        Tokens x = Some.Rows([-1, 0, 2]), y = new(x.Rows, 3, [1, -1, 3]);
        Assert.Equal([1, 0, 3], Max(x, y).Values.ToArray());
        Assert.Equal([-1, -1, 2], Min(x, y).Values.ToArray());
        Assert.Equal([0.5, 0.5, 2], Max(x, 0.5).Values.ToArray());
        Assert.Equal([0.5, 0.5, 2], Max(0.5, x).Values.ToArray());
        Assert.Equal([-1, 0, 0.5], Min(x, 0.5).Values.ToArray());
        Assert.Equal([-1, 0, 0.5], Min(0.5, x).Values.ToArray());
        Assert.Equal(2.5, Max(2.5, 1));
        Assert.Equal(1.0, Min(2.5, 1));
    }

    [Fact]
    public void The_greater_of_a_value_and_a_whole_number_is_no_reduction()
    {
        Tokens x = Some.Rows([-1, 0, 2, 5]);
        Assert.Equal([0, 0, 2, 5], Max(x, 0).Values.ToArray());
        Assert.Equal([2, 2, 2, 5], Max(x, 2).Values.ToArray());
        Assert.Equal([0, 5], Max(x, groups: 2).Values.ToArray());
    }

    [Fact]
    public void Integers_stay_integers()
    {
        int greater = Max(3, 4), smaller = Min(3, 4), magnitude = Abs(3 - 5);
        Assert.Equal((4, 3, 2), (greater, smaller, magnitude));
    }

    [Fact]
    public void Powers_of_values_and_numbers()
    {
        Tokens x = Some.Rows([1, 2, 3]), y = new(x.Rows, 3, [3, 2, 1]);
        Assert.Equal([1, 4, 3], Pow(x, y).Values.ToArray());
        Assert.Equal([1, 4, 9], Pow(x, 2).Values.ToArray());
        Assert.Equal([2, 4, 8], Pow(2, x).Values.ToArray());
        Assert.Equal(8, Pow(2.0, 3.0));
    }

    [Fact]
    public void Functions_of_two_values_broadcast_and_name_themselves_in_errors()
    {
        Tokens x = Some.Rows([-1, 0], [3, 4]);
        Assert.Equal([1, 2, 3, 4], Max(x, Some.Parameter(1, 2)).Values.ToArray());
        string message = Assert.Throws<ArgumentException>(() => Min(x, Some.Rows([1, 2, 3]))).Message;
        Assert.StartsWith("Min: [2 tokens, 2] and [1 token, 3]", message, StringComparison.Ordinal);
    }
}
