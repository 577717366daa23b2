namespace KernelForge.Tests;

public class FunctionTests
{
    private static readonly double[] Inputs = [-7.5, -2.25, -0.5, 0.125, 1, 3, 9];

    /// <summary>Computed with 50 digits and rounded to doubles.</summary>
    public static TheoryData<ActivationKind, double[]> Kinds => new()
    {
        { ActivationKind.Linear, Inputs },
        {
            ActivationKind.Gelu,
            [
                -2.393168754683172e-13, -0.027505063473850584, -0.15426876936299344, 0.06871727810376412,
                0.8413447460685429, 2.99595030590511, 9.0,
            ]
        },
        {
            ActivationKind.GeluTanh,
            [
                -4.01626821751414e-18, -0.02720132989728861, -0.15428599017485609, 0.06871719862422339,
                0.8411919906082767, 2.996362607918227, 9.0,
            ]
        },
        {
            ActivationKind.QuickGelu,
            [
                -2.1443267344693104e-05, -0.0478321281366046, -0.1496115633936199, 0.06912347337810465,
                0.8457957659328212, 2.981928690292214, 8.999997996822014,
            ]
        },
        {
            ActivationKind.Silu,
            [
                -0.004145839776926996, -0.21453629602299637, -0.18877033439907273, 0.06640117167171954,
                0.7310585786300049, 2.8577223804672998, 8.998889448816124,
            ]
        },
        {
            ActivationKind.Sigmoid,
            [
                0.0005527786369235996, 0.09534946489910949, 0.37754066879814546, 0.5312093733737563,
                0.7310585786300049, 0.9525741268224333, 0.9998766054240138,
            ]
        },
        {
            ActivationKind.Softplus,
            [
                0.0005529314753607964, 0.10020655891674721, 0.4740769841801067, 0.7575990353171691,
                1.3132616875182228, 3.048587351573742, 9.000123402189724,
            ]
        },
        {
            ActivationKind.Mish,
            [
                -0.0041469856425822285, -0.22471311922296616, -0.22074377465173, 0.07995757084735981,
                0.8650983882673103, 2.9865350049679575, 8.999999725928019,
            ]
        },
        { ActivationKind.HardSwish, [0.0, -0.28125, -0.20833333333333334, 0.06510416666666667, 0.6666666666666666, 3.0, 9.0] },
        { ActivationKind.LeakyRelu, [-0.075, -0.0225, -0.005, 0.125, 1.0, 3.0, 9.0] },
        { ActivationKind.Relu, [0.0, 0.0, 0.0, 0.125, 1.0, 3.0, 9.0] },
        { ActivationKind.Relu2, [0.0, 0.0, 0.0, 0.015625, 1.0, 9.0, 81.0] },
        { ActivationKind.Relu6, [0.0, 0.0, 0.0, 0.125, 1.0, 3.0, 6.0] },
        {
            ActivationKind.Tanh,
            [
                -0.9999993881955461, -0.9780261147388136, -0.46211715726000974, 0.12435300177159621,
                0.7615941559557649, 0.9950547536867305, 0.999999969540041,
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_activation_has_the_values_of_its_closed_form(ActivationKind kind, double[] expected) =>
        Close.To(expected, new Activation(kind)[new Tokens(RowSpace.Ragged(Inputs.Length), 1, [.. Inputs])], 2e-15);

    [Fact]
    public void No_activation_is_left_untested() =>
        Assert.Equal(Enum.GetValues<ActivationKind>().Order(), Kinds.Select(row => row.Data.Item1).Order());

    [Fact]
    public void Every_activation_but_the_linear_one_has_the_name_of_its_function()
    {
        Tokens x = new(RowSpace.Ragged(Inputs.Length), 1, [.. Inputs]);
        foreach (ActivationKind kind in Enum.GetValues<ActivationKind>().Where(kind => kind != ActivationKind.Linear))
        {
            var function = typeof(Ops).GetMethod(kind.ToString(), [typeof(Tokens)]);
            Assert.NotNull(function);
            Assert.Equal(((Tokens)function.Invoke(null, [x])!).Values.ToArray(), new Activation(kind)[x].Values.ToArray());
        }
    }

    [Theory]
    [InlineData("gelu", ActivationKind.Gelu)]
    [InlineData("gelu_new", ActivationKind.GeluTanh)]
    [InlineData("gelu_fast", ActivationKind.GeluTanh)]
    [InlineData("gelu_pytorch_tanh", ActivationKind.GeluTanh)]
    [InlineData("quick_gelu", ActivationKind.QuickGelu)]
    [InlineData("relu", ActivationKind.Relu)]
    [InlineData("relu2", ActivationKind.Relu2)]
    [InlineData("silu", ActivationKind.Silu)]
    [InlineData("swish", ActivationKind.Silu)]
    [InlineData("sigmoid", ActivationKind.Sigmoid)]
    [InlineData("softplus", ActivationKind.Softplus)]
    [InlineData("mish", ActivationKind.Mish)]
    [InlineData("tanh", ActivationKind.Tanh)]
    [InlineData("linear", ActivationKind.Linear)]
    public void Names_are_those_of_configurations(string name, ActivationKind kind) => Assert.Equal(kind, Activation.Parse(name).Kind);

    [Theory]
    [InlineData("xielu")]
    [InlineData("GELU")]
    [InlineData("")]
    public void An_unknown_name_is_refused_by_name(string name)
    {
        Refuses.With<ArgumentException>($"activation '{name}' is unknown; known are gelu,", () => Activation.Parse(name));
        Assert.Throws<ArgumentException>(() => new Activation((ActivationKind)99));
    }

    [Fact]
    public void Where_the_exponential_overflows_results_are_right_all_the_same()
    {
        // −1000 overflows e^(−x) in double precision, as −200 does in single precision; 1e200 overflows its cube.
        Tokens x = Some.Rows([-1000], [1000]), huge = Some.Rows([-1e200], [1e200]);
        Assert.Equal([0, 1], Sigmoid(x).Values.ToArray());
        Assert.Equal([0, 1000], Silu(x).Values.ToArray());
        Assert.Equal([0, 1000], QuickGelu(x).Values.ToArray());
        Assert.Equal([0, 1000], Softplus(x).Values.ToArray());
        Assert.Equal([0, 1000], Mish(x).Values.ToArray());
        Assert.Equal([0, 1000], Gelu(x).Values.ToArray());
        Assert.Equal([0, 1e200], GeluTanh(huge).Values.ToArray());
        Assert.Equal([0, 1e200], Gelu(huge).Values.ToArray());
        Assert.Equal([0, 1], Softmax(Some.Rows([-1000, 1000])).Values.ToArray());
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e-17)]
    [InlineData(1e-12)]
    [InlineData(3e-5)]
    public void The_logarithm_near_one_keeps_its_relative_precision(double x)
    {
        double series = x - (x * x / 2) + (x * x * x / 3) - (x * x * x * x / 4);
        double actual = Log1p(Some.Rows([x])).Values[0];
        Assert.True(Math.Abs(actual - series) <= 4e-16 * series, $"expected {series:R}, got {actual:R}");
    }

    [Fact]
    public void Softplus_keeps_its_relative_precision_where_it_is_small()
    {
        double actual = Softplus(Some.Rows([-30.0])).Values[0], expected = Math.Exp(-30);
        Assert.True(Math.Abs(actual - expected) <= 1e-12 * expected, $"expected {expected:R}, got {actual:R}");
    }

    [Fact]
    public void Softmax_rows_add_up_to_one()
    {
        Tokens x = Some.Rows([Math.Log(1), Math.Log(2), Math.Log(5)], [700, 700, 700]);
        Close.To([0.125, 0.25, 0.625, 1 / 3.0, 1 / 3.0, 1 / 3.0], Softmax(x));
    }

    [Fact]
    public void The_reciprocal_root() => Assert.Equal([0.5, 2], Rsqrt(Some.Rows([4, 0.25])).Values.ToArray());

    [Fact]
    public void A_sign_is_one_of_three_numbers()
    {
        Assert.Equal([-1, -1, -1, 1, 1, 1, 1, 0, 0], Sign(Some.Rows([.. Inputs, 0, -0.0])).Values.ToArray());
        Assert.Equal(-1, Sign(-1e-300));
    }

    [Fact]
    public void Rounding_to_float16_finds_the_nearest()
    {
        var random = new Random(3);
        double[] numbers = [0, 1, -1, 0.1, 65504, 1 / 3.0, 6e-5, -6e-8, 1e-9, .. Enumerable.Range(-26, 42).Select(e => Math.Pow(2, e))];
        foreach (double x in numbers.Concat(Enumerable.Range(0, 2000).Select(_ => Math.Pow(2, (40 * random.NextDouble()) - 25))))
            Assert.True(x is < 3e-8 and > 2.9e-8 || (double)(Half)x == RoundToFloat16(x), $"{x:R}: {RoundToFloat16(x):R}, {(Half)x:R}");
    }

    [Fact]
    public void Functions_of_numbers_are_those_of_values()
    {
        Tokens x = Some.Rows([.. Inputs, 0, 1e-9, 40]), positive = Abs(x) + 1e-9;
        Assert.Equal(Rsqrt(positive).Values, Each(x.Rows, x.Features, (t, f) => Rsqrt(positive[t, f])).Values);
        Assert.Equal(Sigmoid(x).Values, Each(x.Rows, x.Features, (t, f) => Sigmoid(x[t, f])).Values);
        Assert.Equal(Relu(x).Values, Each(x.Rows, x.Features, (t, f) => Relu(x[t, f])).Values);
        Assert.Equal(Gelu(x).Values, Each(x.Rows, x.Features, (t, f) => Gelu(x[t, f])).Values);
        Assert.Equal(Silu(x).Values, Each(x.Rows, x.Features, (t, f) => Silu(x[t, f])).Values);
        Assert.Equal(Log1p(positive).Values, Each(x.Rows, x.Features, (t, f) => Log1p(positive[t, f])).Values);
        Assert.Equal(Softplus(x).Values, Each(x.Rows, x.Features, (t, f) => Softplus(x[t, f])).Values);
    }
}
