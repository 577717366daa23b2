using KernelForge.Fuzzer.Compiling;
using KernelForge.Fuzzer.Running;
using KernelForge.Fuzzer.Running.Later;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Fuzzer.Tests;

/// <summary>What is planted behind a device's back is found by the check that is there for it.</summary>
public sealed class OracleTests
{
    private const string Decoder = """
        // seed 7
        // values: d1 = 8
        // x1: 8 columns, lengths 9 0 33
        namespace Planted;

        [TransformerLayer]
        [Incremental]
        public sealed partial class Root(int d1)
        {
            private readonly Linear linear1 = new(d1, d1);

            public Tokens Forward(Tokens x1)
            {
                Tokens v1 = linear1[x1];
                return Tanh(v1 + Attention(v1, v1, v1, 2, mask: (i, j) => j <= i));
            }
        }
        """;

    [Fact]
    public void A_bit_of_a_later_row()
    {
        using var compiler = new BatchCompiler();
        Compiled compiled = compiler.Compile([CaseText.Read(Decoder)], withCuda: false)[0];
        using var layer = new LoadedLayer(compiled, Device.Cpu(1));
        object[] inputs = Inputs.Make(compiled.Case.Inputs, compiled.Case.Seed);
        int turns = 0;

        Assert.Null(new IncrementalRun(layer, compiled.Case, inputs, isShort: false) { Plant = _ => turns++ }.Difference());
        Assert.True(turns > 1);
        Assert.NotNull(new IncrementalRun(layer, compiled.Case, inputs, isShort: false)
        {
            Plant = results => results[0].Values[^1] = MathF.BitIncrement(results[0].Values[^1]),
        }.Difference());
    }

    [Theory]
    [InlineData("gpu-Float16", 0.02f)]
    [InlineData("gpu-BFloat16", 0.2f)]
    public void An_error_of_some_roundings(string device, float error)
    {
        Environment.SetEnvironmentVariable("KERNELFORGE_NVRTC",
            Environment.GetEnvironmentVariable("KERNELFORGE_NVRTC") ?? Data.Require("nvrtc"));
        using var compiler = new BatchCompiler();
        Compiled compiled = compiler.Compile([CaseText.Read(Decoder)], withCuda: true)[0];
        Failure? failure = new Runner(new Checks([], [], OnGpu: true))
        {
            Plant = (where, _, results) => results[0].Values[3] += where == device ? error : 0,
        }.Run(compiled);
        Assert.Equal((FailureKind.Differs, device), (failure?.Kind, failure?.Where));
    }
}
