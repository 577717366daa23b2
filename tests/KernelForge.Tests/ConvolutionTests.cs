namespace KernelForge.Tests;

public class ConvolutionTests
{
    private static readonly RowSpace Rows = RowSpace.Ragged(5, 0, 2, 1);

    [Theory]
    [InlineData(3, 1, 1, 1, true)]
    [InlineData(3, 2, 1, 1, false)]
    [InlineData(4, 3, 2, 1, true)]
    [InlineData(2, 1, 0, 2, true)]
    public void A_row_is_the_sum_over_inputs_and_taps(int kernel, int stride, int padding, int dilation, bool bias)
    {
        const int Inputs = 3, Outputs = 4;
        var layer = new Convolution(Inputs, Outputs, kernel, stride, padding, dilation, bias);
        Dictionary<string, double[]> weights = Load(layer, seed: 3);
        Assert.Equal(bias ? ["bias", "weight"] : ["weight"], weights.Keys.Order());
        Tokens x = Some.Tokens(Rows, Inputs, seed: 1), y = layer[x];
        var expected = new List<double>();
        for (int s = 0; s < 4; s++)
        {
            int length = Rows.Lengths.Values[s];
            // The places where the window still begins before the padded end.
            for (int t = 0; (t * stride) + (dilation * (kernel - 1)) < length + (2 * padding); t++)
            {
                for (int o = 0; o < Outputs; o++)
                {
                    double sum = bias ? weights["bias"][o] : 0;
                    for (int i = 0; i < Inputs; i++)
                        for (int n = 0; n < kernel; n++)
                        {
                            int p = (t * stride) - padding + (n * dilation);
                            if (p < 0 || p >= length) continue;
                            sum += weights["weight"][(((o * Inputs) + i) * kernel) + n] * x.Values[((Rows.Offsets[s] + p) * Inputs) + i];
                        }
                    expected.Add(sum);
                }
            }
        }
        Close.To(expected.ToArray(), y);
    }

    [Fact]
    public void A_convolution_of_other_features_is_refused()
    {
        var layer = new Convolution(3, 4, kernel: 2);
        Load(layer, seed: 1);
        Refuses.With<ArgumentException>("Linear [6 → 4] expected [rows, 6], got [5 rows, 8]", () => layer[Some.Tokens(Rows, 4, seed: 1)]);
    }

    [Theory]
    [InlineData(4, 3, true)]
    [InlineData(3, 1, false)]
    public void Each_feature_has_a_kernel_of_its_own(int kernel, int before, bool bias)
    {
        const int Features = 3;
        var layer = new DepthwiseConvolution(Features, kernel, before, bias);
        Dictionary<string, double[]> weights = Load(layer, seed: 5);
        Tokens x = Some.Tokens(Rows, Features, seed: 1), y = layer[x];
        Assert.Same(Rows, y.Rows);
        var expected = new List<double>();
        for (int s = 0; s < 4; s++)
        {
            int length = Rows.Lengths.Values[s];
            for (int t = 0; t < length; t++)
            {
                for (int f = 0; f < Features; f++)
                {
                    double sum = bias ? weights["bias"][f] : 0;
                    for (int n = 0; n < kernel; n++)
                        if (t - before + n >= 0 && t - before + n < length)
                            sum += weights["weight"][(f * kernel) + n] * x.Values[((Rows.Offsets[s] + t - before + n) * Features) + f];
                    expected.Add(sum);
                }
            }
        }
        Close.To(expected.ToArray(), y);
        Assert.Throws<ArgumentException>(() => layer[Some.Tokens(Rows, 2, seed: 1)]);
        Assert.Throws<ArgumentException>(() => layer[Some.Tokens(Rows, 4, seed: 1)]);
    }

    [Fact]
    public void The_tensors_of_a_convolution_fit_as_checkpoints_have_them()
    {
        Assert.True(Slot(new Convolution(3, 4, kernel: 2)).Fits("weight", [4, 3, 2]));
        Assert.False(Slot(new Convolution(3, 4, kernel: 2)).Fits("weight", [3, 4, 2]));
        Assert.True(Slot(new DepthwiseConvolution(4, 3, before: 2)).Fits("weight", [4, 1, 3]));

        static WeightSlot Slot(ILayer layer) => WeightSlots.Of(layer).Single(slot => slot.Names.Contains("weight"));
    }

    [Fact]
    public void Batches_are_normalised_by_the_running_statistics()
    {
        var layer = new BatchNorm(2, epsilon: 0.25);
        foreach (WeightSlot slot in WeightSlots.Of(layer))
            slot.Load(slot.Names[0] switch
            {
                "weight" => [2, 3],
                "bias" => [10, 20],
                "running_mean" => [1, -1],
                "running_var" => [0.75, 3.75],
                string name => throw new InvalidOperationException(name),
            });
        Close.To([10 + (2 * (5 - 1)), 20 + (3 * (7 + 1) / 2.0)], layer[Some.Rows([5, 7])]);
    }

    /// <summary>Numbers for every tensor of a layer, by the name in the checkpoint.</summary>
    private static Dictionary<string, double[]> Load(ILayer layer, int seed)
    {
        var weights = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (WeightSlot slot in WeightSlots.Of(layer))
        {
            double[] numbers = Some.Numbers(slot.Shape.Aggregate(1, (product, side) => product * side), seed++);
            weights.Add(slot.Names[0], numbers);
            slot.Load([.. numbers]);
        }
        return weights;
    }
}
