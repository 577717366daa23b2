namespace KernelForge.Tests;

public class LinearBankTests
{
    private static readonly RowSpace Rows = RowSpace.Ragged(3, 2);
    private static readonly Tokens X = Some.Tokens(Rows, 5, seed: 1);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Each_row_takes_the_linear_that_its_number_says(bool bias, bool transposed)
    {
        var bank = new LinearBank(3, 5, 4, bias, transposed);
        double[] weight = Some.Numbers(60, seed: 2), biases = Some.Numbers(12, seed: 3);
        bank.Load([.. weight], bias ? biases : null);
        int[] experts = [2, 0, 1, 2, 0];
        Tokens y = bank[X, Numbers(experts)];
        for (int row = 0; row < 5; row++)
        {
            int e = experts[row];
            var linear = new Linear(5, 4, bias, transposed);
            linear.Load(weight[(e * 20)..((e + 1) * 20)], bias ? biases[(e * 4)..((e + 1) * 4)] : null);
            Assert.Equal(linear[X].Values.Slice(row * 4, 4), y.Values.Slice(row * 4, 4));
        }
    }

    [Fact]
    public void A_number_that_is_no_linears_gives_zeros()
    {
        var bank = new LinearBank(2, 5, 1);
        bank.Load(Some.Numbers(10, seed: 1), [1, 1]);
        Tokens y = bank[X, new Tokens(Rows, 1, [-1, 2, 0.5, double.NaN, 1])];
        Assert.Equal([0, 0, 0, 0], y.Values[..4].ToArray());
        Assert.NotEqual(0, y.Values[4]);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_both_shapes()
    {
        var bank = new LinearBank(2, 5, 3);
        bank.Load(new double[30], new double[6]);
        Refuses.With<ArgumentException>(
            "LinearBank [2 × 5 → 3] expected [rows, 5], got [5 tokens, 1]", () => bank[Numbers([0, 0, 0, 0, 0]), Numbers([0, 0, 0, 0, 0])]);
        Refuses.With<ArgumentException>("the number of a linear for each row of [5 tokens, 5], got [5 tokens, 5]", () => bank[X, X]);
        Refuses.With<ArgumentException>(
            "got [5 tokens, 1]", () => bank[X, new Tokens(RowSpace.Ragged(3, 2), 1, new double[5])]);
        Assert.Throws<ArgumentException>(() => new LinearBank(0, 5, 3));
        Refuses.With<ArgumentException>("has a bias, but none is given", () => bank.Load(new double[30]));
        Refuses.With<InvalidOperationException>("LinearBank [2 × 5 → 3] is not loaded", () => new LinearBank(2, 5, 3)[X, Numbers(new int[5])]);
    }

    private static Tokens Numbers(int[] experts) => new(Rows, 1, [.. experts.Select(e => (double)e)]);
}
