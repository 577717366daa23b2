using KernelForge.Emulation;
using KernelForge.Models.Tests.Combinations;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Execution;

namespace KernelForge.Models.Tests;

/// <summary>A CUDA program has one precision: the finest that the layer asks for, or an error where the device names a coarser one.</summary>
public sealed class PinnedDeviceTests
{
    private static readonly Architecture Ampere = new(8, 0);

    [Fact]
    public void A_device_that_names_none_takes_the_finest_that_a_field_needs()
    {
        using var layer = new TwoHeads(16, 8);
        using ModelSession session = ((ICompiledLayer)layer).Plan(CudaDevice.Planning(Ampere));
        Assert.Equal("Float32", session.Precisions);
        Assert.Equal(CudaDevice.Planning(Ampere, CudaPrecision.Float32), session.Device);
    }

    [Fact]
    public void There_are_no_products_of_bytes()
    {
        using var layer = new Bytes(16);
        using ModelSession session = ((ICompiledLayer)layer).Plan(CudaDevice.Planning(Ampere));
        Assert.Equal("Float16", session.Precisions);
    }

    [Fact]
    public void The_class_says_what_a_device_does_not()
    {
        using var layer = new Wide(16);
        using (ModelSession session = ((ICompiledLayer)layer).Plan(CudaDevice.Planning(Ampere))) Assert.Equal("BFloat16", session.Precisions);
        using (ModelSession session = ((ICompiledLayer)layer).Plan(CudaDevice.Planning(Ampere, CudaPrecision.Float16)))
            Assert.Equal("Float16", session.Precisions);
    }

    [Fact]
    public void A_stack_with_precisions_of_its_own_agrees_with_its_reference_run()
    {
        using var compiled = new EveryPrecision(24, 40, 1);
        using var reference = new EveryPrecision(24, 40, 1);
        using WeightSource weights = Some.Weights(compiled, 3);
        compiled.LoadWeights(weights, Device.Emulated(precision: CudaPrecision.Float32));
        reference.LoadWeights(weights, Device.Reference);
        RaggedMatrix x = Some.Rows([5, 0, 17], 24, 4), got = compiled.Run(x), expected = reference.Run(x);
        for (int i = 0; i < got.Values.Length; i++) Assert.Equal(expected.Values[i], got.Values[i], 1e-3f);
    }

    [Theory]
    [InlineData(CudaPrecision.Float16)]
    [InlineData(CudaPrecision.BFloat16)]
    [InlineData(CudaPrecision.TensorFloat32)]
    public void A_device_that_names_a_coarser_one_than_a_field_needs_is_refused(CudaPrecision precision)
    {
        using var layer = new TwoHeads(16, 8);
        string message = Assert.Throws<NotSupportedException>(
            () => ((ICompiledLayer)layer).Plan(CudaDevice.Planning(Ampere, precision))).Message;
        Assert.Contains("'exact' is to be multiplied in Float32", message, StringComparison.Ordinal);
        Assert.Contains("Use CudaPrecision.Float32, or name none", message, StringComparison.Ordinal);
    }
}

[TransformerLayer]
[Precision(Precision.Int8)]
public sealed partial class Bytes(int hidden)
{
    private readonly Linear linear = new(hidden, hidden);

    public Tokens Forward(Tokens x) => linear[x];
}

[TransformerLayer]
[Precision(Precision.BFloat16)]
public sealed partial class Wide(int hidden)
{
    private readonly Linear linear = new(hidden, hidden);

    public Tokens Forward(Tokens x) => linear[x];
}
