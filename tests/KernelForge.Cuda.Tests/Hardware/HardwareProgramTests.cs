using KernelForge.Benchmarks.Workloads;
using KernelForge.Emulation;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Tests;
using KernelForge.TestData;

namespace KernelForge.Hardware.Tests;

/// <summary>The program that <c>tests/gpu.sh</c> runs on hardware, on the emulated GPU: what it checks there, it can check.</summary>
public sealed class HardwareProgramTests
{
    private readonly Report report = new("a test");

    [Theory]
    [InlineData(CudaPrecision.Float32)]
    [InlineData(CudaPrecision.TensorFloat32)]
    [InlineData(CudaPrecision.Float16)]
    [InlineData(CudaPrecision.BFloat16)]
    public void Golden_cases_are_right_in_every_precision(CudaPrecision precision)
    {
        GoldenRun.Check(report, Data.Require("golden/bert-odd"), Emulated(precision), precision, most: 20);
        Assert.True(report.IsRight, Text());
        Assert.Contains("against the CPU", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Replays_are_timed_and_the_result_is_compared_with_the_CPU()
    {
        var tiny = new Workload("tiny", [5, 3], Layers: 1, Repetitions: 1);
        EncoderSpeed.Measure(report, Emulated(CudaPrecision.Float16), CudaPrecision.Float16, [tiny], layers: 1, replays: 1);
        Assert.True(report.IsRight, Text());
        Assert.Contains("replay_ms", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_is_wrong_makes_the_report_wrong()
    {
        report.Include("peers", System.Text.Json.JsonDocument.Parse("{\"memcheck\": {\"right\": false}}"));
        Assert.False(report.IsRight);
        Assert.Equal(double.PositiveInfinity, Distance.Between([1, float.NaN], [1, 2]).Largest);
    }

    private static Device Emulated(CudaPrecision precision)
    {
        _ = NativeCode.Compiler;
        return Device.Emulated(precision: precision);
    }

    private string Text()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "report.json");
        report.Write(path);
        return File.ReadAllText(path);
    }
}
