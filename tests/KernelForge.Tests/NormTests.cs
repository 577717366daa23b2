namespace KernelForge.Tests;

public class NormTests
{
    [Fact]
    public void Layer_normalisation_takes_mean_and_deviation_away()
    {
        var norm = new LayerNorm(4, epsilon: 0);
        Some.Load(norm, "scale", 1, 1, 1, 2);
        Some.Load(norm, "shift", 0, 0, 10, 0);
        // Mean 5, variance (9 + 1 + 1 + 9) / 4 = 5.
        double deviation = Math.Sqrt(5);
        Close.To([-3 / deviation, -1 / deviation, 10 + (1 / deviation), 2 * 3 / deviation], norm[Some.Rows([2, 4, 6, 8])]);
    }

    [Fact]
    public void Epsilon_stands_under_the_root()
    {
        var norm = new LayerNorm(2, epsilon: 3, bias: false);
        Some.Load(norm, "scale", 1, 1);
        Close.To([-0.5, 0.5], norm[Some.Rows([4, 6])]);
    }

    [Fact]
    public void Root_mean_square_normalisation_keeps_the_mean()
    {
        var norm = new RmsNorm(2, epsilon: 0);
        Some.Load(norm, "scale", 1, 10);
        // Mean square (1 + 49) / 2 = 25.
        Close.To([0.2, 14], norm[Some.Rows([1, 7])]);
    }

    [Fact]
    public void The_norm_of_zeros_is_zeros()
    {
        var layer = new LayerNorm(3, bias: false);
        var rms = new RmsNorm(3);
        Some.Load(layer, "scale", 1, 2, 3);
        Some.Load(rms, "scale", 1, 2, 3);
        Assert.Equal([0, 0, 0], layer[Some.Rows([0, 0, 0])].Values.ToArray());
        Assert.Equal([0, 0, 0], rms[Some.Rows([0, 0, 0])].Values.ToArray());
    }

    [Fact]
    public void Other_features_are_refused_with_both_shapes()
    {
        var norm = new RmsNorm(2);
        Some.Load(norm, "scale", 1, 1);
        Refuses.With<ArgumentException>("[1 token, 3] and [1 table row, 2]", () => norm[Some.Rows([1, 2, 3])]);
    }

    [Fact]
    public void Scales_stored_less_one_get_it_back()
    {
        var norm = new RmsNorm(2, epsilon: 0, unitOffset: true);
        Some.Load(norm, "scale", 0, 9);
        Close.To([0.2, 14], norm[Some.Rows([1, 7])]);
    }
}
