using KernelForge.Runtime.Cpu;

namespace KernelForge.Cli.Tests;

public sealed class DevicesTests
{
    [Fact]
    public void The_processor_and_every_architecture_of_the_emulated_GPU_are_named()
    {
        string output = Tool.Run("devices").Succeeded();
        Assert.Contains($"{Environment.ProcessorCount} threads, vectors of {VectorWidth.Widest} bits\n", output, StringComparison.Ordinal);
        Assert.Contains("  sm_80 (as A100, 163 KiB", output, StringComparison.Ordinal);
        Assert.Contains("  sm_90 (as H100, 227 KiB", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_told_with_the_places_where_it_was_looked_for_and_is_no_failure()
    {
        using var empty = new TestData.TemporaryFolder();
        Dictionary<string, string> environment = new() { ["KERNELFORGE_CUDA_DRIVER"] = empty.Path, ["KERNELFORGE_NVRTC"] = empty.Path };
        string output = Tool.Run(environment, "devices").Succeeded();
        Assert.Contains("  The CUDA driver", output, StringComparison.Ordinal);
        Assert.Contains("  NVRTC (", output, StringComparison.Ordinal);
        Assert.Equal(2, output.Split($"'{empty.Path}' has none").Length - 1);
    }
}
