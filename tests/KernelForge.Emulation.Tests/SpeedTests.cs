using KernelForge.Emulation.Tests.Conformance;

namespace KernelForge.Emulation.Tests;

/// <summary>Tests that measure processor time run while no other does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Lane-instructions a second of processor time, every check on; the first runs, which compile the interpreter, do not count.</summary>
[Collection(nameof(Alone))]
public sealed class SpeedTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("matmul_f16_wide.sm_80")]
    [InlineData("matmul_f32_ieee.sm_80")]
    [InlineData("attention.sm_80")]
    [InlineData("layer_norm.sm_80")]
    [InlineData("column_cumsum.sm_80")]
    [InlineData("local_array.sm_80")]
    [InlineData("widen_f16.sm_80")]
    public void An_emulated_kernel_runs_millions_of_lane_instructions_a_second(string name)
    {
        ConformanceCase kernel = ConformanceCase.Open(name);
        for (int i = 0; i < 40; i++) new ConformanceRun(kernel, i).Dispose();
        long instructions = 0;
        TimeSpan used = TimeSpan.Zero;
        for (int i = 0; i < 30; i++)
        {
            using var run = new ConformanceRun(kernel, i);
            instructions += run.Statistics.LaneInstructions;
            used += run.LaunchTime;
        }
        double millions = instructions / used.TotalSeconds / 1e6;
        output.WriteLine($"{name}: {millions:F0} million lane-instructions a second ({instructions / 30} a launch)");
        Assert.True(millions > 1, $"{millions:F1} million lane-instructions a second");
    }
}
