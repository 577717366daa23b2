using System.Text.Json;
using KernelForge.Emulation;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Programs;
using KernelForge.Runtime.Cuda.Tests;
using KernelForge.TestData;

namespace KernelForge.Cuda.Tests.Cubins;

/// <summary>The kernels of two encoders of usual size on every architecture, beside what the report says they took before.</summary>
public sealed class CubinReportTests(ITestOutputHelper output)
{
    private const string Accept = "KERNELFORGE_ACCEPT_SNAPSHOTS=1 dotnet run --project tests/KernelForge.Cuda.Tests -- -method '*CubinReportTests.";

    private static readonly (string Architecture, CudaPrecision Precision)[] devices =
    [
        ("sm_80", CudaPrecision.Float16), ("sm_80", CudaPrecision.Float32), ("sm_86", CudaPrecision.Float16), ("sm_89", CudaPrecision.Float16),
        ("sm_90", CudaPrecision.Float16), ("sm_90", CudaPrecision.Float32), ("sm_100", CudaPrecision.Float16), ("sm_120", CudaPrecision.Float16),
    ];

    [Fact]
    public void No_kernel_takes_more_than_the_report_says() => Compare("cubins.json", Accept + "No_kernel_takes*'", accept =>
        from model in (string[])[PlannedKernels.BertBase, PlannedKernels.HeadsOf128]
        from device in devices
        from line in Lines(model, Architecture.Parse(device.Architecture), device.Precision, accept)
        select line);

    /// <summary>Products and sweeps beside them are left out: they are those of other models.</summary>
    [Fact]
    public void No_kernel_of_lambdas_takes_more_than_its_report_says() => Compare("cubins-lambdas.json", Accept + "No_kernel_of_lambdas*'", _ =>
        from model in PlannedKernels.Lambdas
        from architecture in (string[])["sm_80", "sm_90"]
        from line in Lines(model, Architecture.Parse(architecture), CudaPrecision.Float16, withLoops: false, PlannedKernels.IsOfLambdas)
        select line);

    [Fact]
    public void No_kernel_of_runs_that_go_on_takes_more_than_its_report_says() => Compare("cubins-kept.json", Accept + "No_kernel_of_runs*'", _ =>
        from model in PlannedKernels.Kept
        from architecture in (string[])["sm_80", "sm_90"]
        from precision in (CudaPrecision[])[CudaPrecision.Float16, CudaPrecision.Float32]
        from line in Lines(model, Architecture.Parse(architecture), precision, withLoops: false, PlannedKernels.IsOfKept)
        select line);

    private void Compare(string file, string command, Func<bool, IEnumerable<CubinLine>> lines)
    {
        string nvrtc = NativeCode.Compiler.Version.ToString();
        bool accept = Environment.GetEnvironmentVariable("KERNELFORGE_ACCEPT_SNAPSHOTS") == "1";
        CubinLine[] now = [.. lines(accept)];
        Assert.NotEmpty(now);
        string[] spilled = [.. now.Where(line => line.SpillBytes > 0 || (line.LocalBytes > 0 && !line.HasSines)).Select(line => line.Name)];
        Assert.True(spilled.Length == 0, $"these spill or use local memory:\n{string.Join('\n', spilled)}");

        if (accept) CubinReport.Write(file, nvrtc, command, now);
        CubinReport report = CubinReport.Read(file) ?? throw new InvalidOperationException($"there is no report yet: {command}");
        bool sameCompiler = report.Nvrtc == nvrtc;
        if (!sameCompiler) output.WriteLine($"the report is of NVRTC {report.Nvrtc}, this is {nvrtc}: only spills and local memory are compared");
        string[] found = [.. report.Compare(now, sameCompiler)];
        Assert.True(found.Length == 0, $"{string.Join('\n', found)}\nWhere that is meant, rewrite the report: {command}");
    }

    [Fact]
    public void A_report_names_what_became_worse_what_is_new_and_what_is_gone()
    {
        CubinLine Line(string kernel, int registers, int blocks, int spilled = 0) =>
            new("m", "sm_80", "Float16", kernel, "wide", registers, 0, 1024, spilled, spilled, blocks, 0.5);
        var report = new CubinReport("", "13.0", "", [Line("a", 90, 3), Line("b", 90, 3), Line("gone", 90, 3)]);
        CubinLine[] now = [Line("a", 91, 2), Line("b", 80, 4), Line("c", 90, 3)];
        Assert.Equal(
            [
                "a (wide) of m for sm_80 in Float16: 91 registers, 90 were; 2 blocks a multiprocessor, 3 were",
                "c (wide) of m for sm_80 in Float16: is not in the report",
                "gone (wide) of m for sm_80 in Float16: is in the report, and is no kernel any more",
            ],
            report.Compare(now, sameCompiler: true));
        Assert.Equal(
            ["a (wide) of m for sm_80 in Float16: 8 bytes are spilled, 0 were; 8 bytes of local memory, 0 were"],
            new CubinReport("", "13.0", "", [Line("a", 90, 3)]).Compare([Line("a", 99, 2, spilled: 8)], sameCompiler: false));
    }

    private static IEnumerable<CubinLine> Lines(
        string model, Architecture architecture, CudaPrecision precision, bool withLoops, Func<KernelBuild, bool>? chosen = null)
    {
        ArchitectureLimits limits = ArchitectureLimits.Of(architecture);
        bool hasRates = precision != CudaPrecision.Float32 && architecture is { Major: 8 or 9, Minor: 0 };
        foreach (Cubin cubin in Cubin.All([.. PlannedKernels.Of(model, architecture, precision).Where(chosen ?? (_ => true))], architecture))
        {
            int blocks = cubin.Resources.Blocks(limits, cubin.Build);
            yield return new CubinLine(
                model, architecture.ToString(), precision.ToString(), cubin.Build.Name, cubin.Build.Variant, cubin.Resources.Registers,
                cubin.Resources.StaticSharedBytes, cubin.Build.SharedBytes, cubin.Resources.SpillBytes, cubin.Resources.LocalBytes, blocks,
                Math.Round((double)blocks * cubin.Build.Threads / limits.ThreadsOfMultiprocessor, 3))
            {
                HasSines = cubin.HasSines,
                MainLoops = withLoops && hasRates ? Loops(cubin) : null,
            };
        }
    }

    /// <summary>Of kernels with products on tensor cores; null for the others.</summary>
    private static MainLoop[]? Loops(Cubin cubin)
    {
        string[] arguments = [Data.Require("tools/sass_report.py"), "--json", "--threads", $"{cubin.Build.Threads}", "--smem", $"{cubin.Build.SharedBytes}"];
        using var document = JsonDocument.Parse(Disassembly.Run(cubin.Image, "python3", arguments));
        MainLoop[] loops = [.. document.RootElement[0].GetProperty("loops").EnumerateArray().Select(loop => new MainLoop(
            loop.GetProperty("instructions").GetInt32(), loop.GetProperty("bound").GetString()!,
            Math.Round(loop.GetProperty("tensor_share").GetDouble(), 3), Math.Round(loop.GetProperty("phased_share").GetDouble(), 3)))];
        return loops.Length == 0 ? null : loops;
    }
}
