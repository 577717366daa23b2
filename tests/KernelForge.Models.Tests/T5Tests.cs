namespace KernelForge.Models.Tests;

/// <summary>What is T5's own: buckets of distances, and the names of a gated feed-forward.</summary>
public sealed class T5Tests
{
    [Fact]
    public void A_gated_T5_has_its_gate_in_wi_0_and_what_is_gated_in_wi_1()
    {
        using var gated = new T5Model(40, 24, 8, 40, 3, 1, feedForward: "gated-gelu");
        using var plain = new T5Model(40, 24, 8, 40, 3, 1);
        WeightSlot[] inner = Slots(gated);
        Assert.Contains("encoder.block.0.layer.1.DenseReluDense.wi_1.weight", Assert.Single(inner, s => s.Path.Contains("expand")).Names);
        Assert.Equal(["encoder.block.0.layer.1.DenseReluDense.wi_0.weight"], Assert.Single(inner, s => s.Path.Contains("gate")).Names);
        Assert.Single(Slots(plain));

        static WeightSlot[] Slots(T5Model model) =>
            [.. WeightSlots.Of(model).Where(s => s.Names.Any(n => n.Contains("encoder.block.0.layer.1.DenseReluDense.wi", StringComparison.Ordinal)))];
    }

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(-7, false, 7)]
    [InlineData(7, false, 23)]
    [InlineData(-8, false, 8)]
    [InlineData(-16, false, 10)]
    [InlineData(16, false, 26)]
    [InlineData(-127, false, 15)]
    [InlineData(1000, false, 31)]
    [InlineData(5, true, 0)]
    [InlineData(-15, true, 15)]
    [InlineData(-16, true, 16)]
    [InlineData(-500, true, 31)]
    public void Distances_fall_into_buckets(int distance, bool causal, int bucket) =>
        Assert.Equal(bucket, T5Model.Bucket(distance, 32, 128, causal));
}
