using System.Runtime.InteropServices;
using System.Text.Json;
using KernelForge.TestData;

namespace KernelForge.Package.Tests;

/// <summary>The benchmark as one file, as it is taken to a machine that has nothing of .NET.</summary>
public sealed class BenchmarkFileTests
{
    [Fact]
    public void The_benchmark_is_one_file_that_runs_a_workload_without_an_SDK()
    {
        bool published = OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64;
        Assert.SkipUnless(published, "published for linux-x64 alone");
        using var folder = new TemporaryFolder();
        Sdk.Run("bash", Data.RepositoryRoot, "bench.sh", "package", folder.Path).Succeeded();
        string program = Assert.Single(Directory.GetFiles(folder.Path));
        Assert.Equal("kernelforge-bench", Path.GetFileName(program));

        string[] arguments = ["-i", "DOTNET_ROOT=/nowhere", program, "run", "b1_len16", "1", "1", "2", "--precision", "int8"];
        Sdk.Outcome run = Sdk.Run("env", folder.Path, arguments).Succeeded();
        using var line = JsonDocument.Parse(run.Output);
        Assert.StartsWith("int8-", line.RootElement.GetProperty("variant").GetString(), StringComparison.Ordinal);
        double best = line.RootElement.GetProperty("best_ms").GetDouble(), median = line.RootElement.GetProperty("median_ms").GetDouble();
        Assert.True(best > 0 && median >= best, run.Output);
    }
}
