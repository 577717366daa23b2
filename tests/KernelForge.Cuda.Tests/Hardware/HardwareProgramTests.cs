using KernelForge.Benchmarks.Workloads;
using KernelForge.Emulation;
using KernelForge.Models.Tests;
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

    public static TheoryData<string> Families => [.. GoldenRun.Families];

    /// <summary>No GPU ran these yet: what its elements alone do to a family has to leave room below what is allowed there.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void What_is_allowed_on_hardware_has_room_for_the_roundings_of_every_family(string family)
    {
        Golden golden = Golden.Require(family);
        GoldenCase[] cases = [.. golden.Cases.Where(c => c.Ids!.Length <= 40)];
        foreach (CudaPrecision precision in (CudaPrecision[])[CudaPrecision.Float16, CudaPrecision.BFloat16])
        {
            double relative = Cuda.Tests.Rounding.To(Cuda.Tests.Rounding.SignificantBits(precision), () =>
            {
                using Encoder encoder = Encoders.Load(golden.Folder, Device.Reference);
                RaggedMatrix output = encoder.Of([.. cases.Select(c => c.Ids!)], golden.Types is null ? null : [.. cases.Select(c => c.Types!)]);
                return Distance.Between(output.Values, [.. cases.SelectMany(c => c.Output.Cast<float>())]).Relative;
            });
            TestContext.Current.TestOutputHelper?.WriteLine($"{precision}: {relative:g3}, allowed are {GoldenRun.RelativeLimit(precision)}");
            Assert.InRange(relative, 0, GoldenRun.RelativeLimit(precision) / 1.2);
        }
    }

    [Fact]
    public void Replays_are_timed_and_the_result_is_compared_with_the_CPU()
    {
        var tiny = new Workload("tiny", [5, 3], Layers: 1, Repetitions: 1);
        EncoderSpeed.Measure(report, Emulated(CudaPrecision.Float16), CudaPrecision.Float16, [tiny], layers: 1, replays: 1);
        Assert.True(report.IsRight, Text());
        Assert.Contains("replay_ms", Text(), StringComparison.Ordinal);
    }

    [Theory, InlineData(CudaPrecision.Float32), InlineData(CudaPrecision.Float16)]
    public void Steps_are_those_of_a_run_at_once(CudaPrecision precision)
    {
        StepRun.Check(report, Emulated(precision), precision, [40, 3]);
        Assert.True(report.IsRight, Text());
        Assert.Contains("0 of 7680 values differ in a bit", Text(), StringComparison.Ordinal);
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
