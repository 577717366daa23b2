using KernelForge.Models.Tests.Combinations;
using KernelForge.Runtime;
using KernelForge.Runtime.Execution;

namespace KernelForge.Models.Tests;

/// <summary>What <c>[Precision]</c> says counts, and the loaded layer tells what runs.</summary>
public sealed class PrecisionTests
{
    [Theory]
    [InlineData(CpuPrecision.BFloat16)]
    [InlineData(CpuPrecision.Int8)]
    public void A_pinned_linear_has_the_bits_of_its_precision_whatever_the_device_names(CpuPrecision precision)
    {
        using var layer = new TwoHeads(100, 37);
        using WeightSource weights = Some.Weights(layer, 1);
        RaggedMatrix x = Some.Rows([3, 70, 1], 100, 2);
        foreach (int bits in (int[])[512, 256, 128])
        {
            (RaggedMatrix exact, RaggedMatrix other) = Run(Device.Cpu(2, bits));
            (RaggedMatrix pinned, RaggedMatrix rounded) = Run(Device.Cpu(2, bits, precision));
            Assert.Equal(exact.Values.ToArray(), pinned.Values.ToArray());
            Assert.NotEqual(other.Values.ToArray(), rounded.Values.ToArray());
            Assert.Equal($"{precision}; Float32 for exact", layer.Precisions);
        }

        (RaggedMatrix, RaggedMatrix) Run(Device device)
        {
            layer.LoadWeights(weights, device);
            return layer.Run(x);
        }
    }

    [Fact]
    public void The_class_says_what_runs_where_the_device_names_nothing()
    {
        const string pinned = "Float32 for units[i].gate, last.gate, experts; Int8 for units[i].up, units[i].down; BFloat16 for last.up, last.down";
        using var layer = new EveryPrecision(24, 40, 2);
        using WeightSource weights = Some.Weights(layer, 1);
        RaggedMatrix x = Some.Rows([3, 20], 24, 2);

        layer.LoadWeights(weights, Device.Cpu(1));
        Assert.Equal($"BFloat16; {pinned}", layer.Precisions);
        Assert.Equal(CpuPrecision.BFloat16, Assert.IsType<CpuDevice>(layer.Device).Precision);
        Assert.Contains("as the layer's [Precision] says", ((ICompiledLayer)layer).Session!.Choice, StringComparison.Ordinal);
        float[] unnamed = layer.Run(x).Values.ToArray();

        layer.LoadWeights(weights, Device.Cpu(1, precision: CpuPrecision.BFloat16));
        Assert.Equal(unnamed, layer.Run(x).Values.ToArray());

        layer.LoadWeights(weights, Device.Cpu(1, precision: CpuPrecision.Float32));
        Assert.Equal($"Float32; {pinned}", layer.Precisions);
        Assert.NotEqual(unnamed, layer.Run(x).Values.ToArray());

        layer.LoadWeights(weights, Device.Reference);
        Assert.Equal("Float64", layer.Precisions);
    }

    [Fact]
    public void A_layer_that_says_nothing_runs_in_what_the_device_names()
    {
        using var layer = new Stage(24, 40);
        using WeightSource weights = Some.Weights(layer, 1);
        layer.LoadWeights(weights, Device.Cpu(1));
        Assert.Equal("Float32", layer.Precisions);
        layer.LoadWeights(weights, Device.Cpu(1, precision: CpuPrecision.Int8));
        Assert.Equal("Int8", layer.Precisions);
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void A_stack_with_precisions_of_its_own_agrees_with_its_reference_run(string device)
    {
        int[] lengths = [5, 0, 1, 37];
        using var compiled = new EveryPrecision(40, 72, 2);
        using var reference = new EveryPrecision(40, 72, 2);
        using WeightSource weights = Some.Weights(compiled, 3);
        compiled.LoadWeights(weights, Devices.Of(device));
        reference.LoadWeights(weights, Device.Reference);
        RaggedMatrix x = Some.Rows(lengths, 40, 4), got = compiled.Run(x), expected = reference.Run(x);
        double difference = 0, size = 0;
        for (int i = 0; i < got.Values.Length; i++)
        {
            difference += Math.Pow(got.Values[i] - expected.Values[i], 2);
            size += Math.Pow(expected.Values[i], 2);
        }
        Assert.InRange(Math.Sqrt(difference / size), 0, 0.03);

        for (int s = 0; s < lengths.Length; s++)
        {
            var one = new RaggedMatrix([lengths[s]], 40);
            x.Sequence(s).CopyTo(one.Sequence(0));
            Assert.Equal(got.Sequence(s).ToArray(), compiled.Run(one).Values.ToArray());
        }
    }
}
