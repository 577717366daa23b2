namespace KernelForge.Tests;

public class LayersTests
{
    [Fact]
    public void Layers_know_their_index_and_come_in_order()
    {
        var layers = new Layers<string>(3, index => $"layer {index}");
        Assert.Equal(3, layers.Count);
        Assert.Equal("layer 1", layers[1]);
        List<string> seen = [];
        foreach (string layer in layers) seen.Add(layer);
        Assert.Equal(["layer 0", "layer 1", "layer 2"], seen);
    }

    [Fact]
    public void A_stack_may_be_empty() => Assert.Empty(new Layers<object>(0, () => new object()));

    [Fact]
    public void The_same_layer_twice_is_refused()
    {
        var shared = new object();
        Assert.Throws<ArgumentException>(() => new Layers<object>(2, () => shared));
    }

    [Fact]
    public void A_negative_count_is_refused() => Assert.Throws<ArgumentException>(() => new Layers<object>(-1, () => new object()));
}
