using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Execution;
using KernelForge.TestData;

namespace KernelForge.Runtime.Cuda.Tests;

/// <summary>What Device.Auto is told of the GPUs of machines that differ in what they have.</summary>
public sealed class CudaCandidateTests
{
    private static readonly CudaDeviceInfo Old = new(0, "Old", new Architecture(7, 5), 1 << 30);
    private static readonly CudaDeviceInfo New = new(1, "New", new Architecture(9, 0), 1 << 30);

    private static readonly CudaDevices Machine = new([Old, New], "driver 13.0", true, "NVRTC 13.0", true);

    [Fact]
    public void The_first_device_that_generated_kernels_run_on_is_taken()
    {
        var candidate = CudaCandidate.Of(Machine, hasKernels: false);
        Assert.Equal(Device.Cuda(1), candidate.Device);
        Assert.Equal(New.ToString(), candidate.Explanation);
    }

    [Fact]
    public void What_is_missing_is_said()
    {
        Missing("libcuda.so.1 was not found", Machine with { DriverIsUsable = false, Driver = "libcuda.so.1 was not found", Devices = [] });
        Missing("the driver (driver 13.0) has no device", Machine with { Devices = [] });
        Missing("generated kernels need sm_80 or newer; this machine has cuda 0: Old, sm_75, 1 GiB", Machine with { Devices = [Old] });
        Missing(
            "cuda 1: New, sm_90, 1 GiB is there, but nothing that compiles kernels for it: NVRTC was not found",
            Machine with { CompilerIsUsable = false, Compiler = "NVRTC was not found" });
    }

    [Fact]
    public void No_compiler_is_needed_where_kernels_came_with_the_program()
    {
        CudaDevices without = Machine with { CompilerIsUsable = false };
        Assert.NotNull(CudaCandidate.Of(without, hasKernels: true).Device);

        using var folder = new TemporaryFolder();
        CubinCache cache = new(folder.Path, () => throw new CudaException()), shipped = new(folder.Path, () => throw new CudaException())
        {
            Shipped = [folder.Path],
        };
        Assert.False(CudaCandidate.HasKernels(cache));
        Assert.True(CudaCandidate.HasKernels(shipped));
        Assert.True(CudaCandidate.HasKernels(new CubinCache(folder.Path, () => throw new CudaException()) { MayCompile = false }));
    }

    [Fact]
    public void It_is_found_out_once()
    {
        Assert.Same(CudaDevice.Candidate(), CudaDevice.Candidate());
    }

    private static void Missing(string explanation, CudaDevices machine)
    {
        var candidate = CudaCandidate.Of(machine, hasKernels: false);
        Assert.Null(candidate.Device);
        Assert.Equal(explanation, candidate.Explanation);
    }
}
