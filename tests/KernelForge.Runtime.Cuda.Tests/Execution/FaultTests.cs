using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Memory;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Tests;

namespace KernelForge.Runtime.Cuda.Tests.Execution;

/// <summary>
/// A device that fails at every possible place: the runtime reports, frees everything, and stays usable or says that it is not.
/// </summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData(CudaResult.OutOfMemory)]
    [InlineData(CudaResult.InvalidValue)]
    public void After_a_failure_of_any_call_the_context_works_and_nothing_is_left(CudaResult code)
    {
        int calls = CallsOf(open: true, run: true), opening = CallsOf(open: true, run: false);
        Assert.True(calls > 80, $"the scenario makes only {calls} calls");
        for (int failing = opening + 1; failing <= calls; failing++)
        {
            var driver = new FakeDriver { FailAtCall = failing, FailWith = code };
            using (CudaContext context = CudaContext.Open(driver))
            {
                Reported(driver, failing, () => Scenario.Run(context));
                Assert.Null(context.LostBy);

                driver.FailAtCall = 0;
                Assert.Equal([1, 2, 3], Scenario.Run(context));
                context.Memory.Trim();
                Assert.Equal(["context"], driver.Alive);
                Assert.Equal((nuint)0, context.Memory.BytesInUse);
            }
            Assert.Empty(driver.Alive);
        }
    }

    [Theory]
    [InlineData(CudaResult.OutOfMemory)]
    [InlineData(CudaResult.EccUncorrectable)]
    public void A_context_that_cannot_be_opened_leaves_nothing(CudaResult code)
    {
        int opening = CallsOf(open: true, run: false);
        for (int failing = 1; failing <= opening; failing++)
        {
            var driver = new FakeDriver { FailAtCall = failing, FailWith = code };
            Reported(driver, failing, () => CudaContext.Open(driver));
            Assert.Empty(driver.Alive);
        }
    }

    [Theory]
    [InlineData(CudaResult.IllegalAddress)]
    [InlineData(CudaResult.LaunchFailed)]
    [InlineData(CudaResult.EccUncorrectable)]
    public void A_device_lost_at_any_call_is_said_at_every_later_one_and_let_go_of(CudaResult code)
    {
        int calls = CallsOf(open: true, run: true), opening = CallsOf(open: true, run: false);
        for (int failing = opening + 1; failing <= calls; failing++)
        {
            var driver = new FakeDriver { FailAtCall = failing, FailWith = code };
            using (CudaContext context = CudaContext.Open(driver))
            {
                Reported(driver, failing, () => Scenario.Run(context));
                Assert.Equal(code, context.LostBy?.Result);
                CudaException later = Assert.Throws<CudaException>(() => Scenario.Run(context));
                Assert.Contains("the device 'Fake 1000' was lost before: ", later.Message, StringComparison.Ordinal);
                Assert.Contains(code.NativeName(), later.Message, StringComparison.Ordinal);
                Assert.Contains("open the device anew", later.Message, StringComparison.Ordinal);
            }
            Assert.Empty(driver.Alive);

            driver.FailAtCall = 0;
            using CudaContext anew = CudaContext.Open(driver);
            Assert.Equal([1, 2, 3], Scenario.Run(anew));
        }
    }

    [Fact]
    public void Out_of_memory_says_what_was_wanted_for_what_and_what_is_free()
    {
        var driver = new FakeDriver { Capacity = 8 << 20 };
        using CudaContext context = CudaContext.Open(driver);
        using DeviceBuffer weights = context.Memory.Rent(6 << 20, "weights");

        CudaException error = Assert.Throws<CudaException>(() => context.Memory.Rent(3 << 20, "the activations of 512 tokens"));
        Assert.Equal((CudaResult.OutOfMemory, "cuMemAlloc"), (error.Result, error.Call));
        Assert.False(error.DeviceIsLost);
        Assert.Equal(
            "cuMemAlloc failed with CUDA_ERROR_OUT_OF_MEMORY (2): the fake's OutOfMemory. " +
            "3 MiB were wanted for the activations of 512 tokens; " +
            "'Fake 1000' has 2 MiB free of 8 MiB, of which this program uses 6 MiB. Run smaller batches, or end what else uses the device.",
            error.Message);
        using DeviceBuffer smaller = context.Memory.Rent(1 << 20);
    }

    [Fact]
    public void What_lies_ready_is_given_up_before_memory_runs_out()
    {
        var driver = new FakeDriver { Capacity = 8 << 20 };
        using CudaContext context = CudaContext.Open(driver);
        context.Memory.Rent(5 << 20).Dispose();
        Assert.Equal((nuint)5 << 20, context.Memory.BytesKept);
        using DeviceBuffer large = context.Memory.Rent(7 << 20);
        Assert.Equal((nuint)0, context.Memory.BytesKept);
        Assert.Equal((nuint)7 << 20, driver.Used);
    }

    [Fact]
    public void A_launch_that_fails_names_the_kernel_and_its_shape()
    {
        var driver = new FakeDriver { FailNext = "cuLaunchKernelEx", FailWith = CudaResult.LaunchOutOfResources };
        using CudaContext context = CudaContext.Open(driver);
        using var stream = new CudaStream(context);
        using var module = new CudaModule(context, "cubin"u8, "gemm");
        CudaException error = Assert.Throws<CudaException>(
            () => module.Kernel("gemm_qkv").Launch(stream, new LaunchShape(new Dim3(3, 4), new Dim3(256)), new ArgumentBuffer()));
        Assert.Equal(("cuLaunchKernelEx", "gemm_qkv"), (error.Call, error.Kernel));
        Assert.StartsWith(
            "cuLaunchKernelEx for kernel 'gemm_qkv' failed with CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES (701): ",
            error.Message, StringComparison.Ordinal);
        Assert.Contains("grid 3 x 4 x 1, block 256 x 1 x 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_that_faults_is_named_when_it_is_waited_for()
    {
        var driver = new FakeDriver { KernelFault = CudaResult.IllegalAddress };
        using CudaContext context = CudaContext.Open(driver);
        using var stream = new CudaStream(context);
        using var module = new CudaModule(context, "cubin"u8, "gemm");
        module.Kernel("gemm_qkv").Launch(stream, new LaunchShape(new Dim3(1), new Dim3(32)), new ArgumentBuffer());

        CudaException error = Assert.Throws<CudaException>(stream.Synchronize);
        Assert.Equal(("cuStreamSynchronize", "gemm_qkv"), (error.Call, error.Kernel));
        Assert.True(error.DeviceIsLost);
        Assert.Contains("The device is lost", error.Message, StringComparison.Ordinal);
        Assert.Same(error, context.LostBy);
    }

    [Fact]
    public void Of_several_kernels_that_may_have_faulted_all_are_named()
    {
        var driver = new FakeDriver { KernelFault = CudaResult.MisalignedAddress };
        using CudaContext context = CudaContext.Open(driver);
        using var stream = new CudaStream(context);
        using var module = new CudaModule(context, "cubin"u8, "layer");
        foreach (string name in (string[])["embed", "gemm", "attention"])
            module.Kernel(name).Launch(stream, new LaunchShape(new Dim3(1), new Dim3(32)), new ArgumentBuffer());

        CudaException error = Assert.Throws<CudaException>(stream.Synchronize);
        Assert.Null(error.Kernel);
        Assert.Contains("the stream was given 'embed', 'gemm', 'attention'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_shared_memory_than_a_block_has_is_refused_by_name_before_the_launch()
    {
        using CudaContext context = CudaContext.Open(new FakeDriver());
        using var stream = new CudaStream(context);
        using var module = new CudaModule(context, "cubin"u8, "gemm");
        CudaKernel kernel = module.Kernel("gemm");
        Refuses.With<CudaException>(
            "kernel 'gemm' wants 200000 bytes of dynamic shared memory; a block of 'Fake 1000' (sm_80) has at most 166880",
            () => kernel.Launch(stream, new LaunchShape(new Dim3(1), new Dim3(32), SharedBytes: 200_000), new ArgumentBuffer()));
    }

    [Fact]
    public void An_image_that_does_not_load_comes_with_the_drivers_log()
    {
        var driver = new FakeDriver { FailNext = "cuModuleLoadDataEx", FailWith = CudaResult.InvalidPtx };
        using CudaContext context = CudaContext.Open(driver);
        CudaException error = Assert.Throws<CudaException>(() => new CudaModule(context, "ptx\0"u8, "gemm"));
        Assert.Equal("gemm", error.Kernel);
        Assert.Contains("line 1: no such instruction", error.Message, StringComparison.Ordinal);

        using var module = new CudaModule(context, "cubin"u8, "gemm");
        Refuses.With<CudaException>(
            "cuModuleGetFunction for kernel 'absent' failed with CUDA_ERROR_NOT_FOUND (500)", () => module.Kernel("absent"));
    }

    [Fact]
    public void A_recording_that_throws_leaves_the_stream_usable()
    {
        var driver = new FakeDriver();
        using CudaContext context = CudaContext.Open(driver);
        using var stream = new CudaStream(context);
        Assert.Throws<InvalidTimeZoneException>(
            () => CudaGraph.Capture(stream, "layer", _ => throw new InvalidTimeZoneException()));
        using CudaGraph graph = CudaGraph.Capture(stream, "layer", _ => { });
        Assert.DoesNotContain("graph", driver.Alive);
    }

    private static int CallsOf(bool open, bool run)
    {
        var driver = new FakeDriver();
        CudaContext? context = open ? CudaContext.Open(driver) : null;
        if (run) Scenario.Run(context!);
        int calls = driver.Calls.Count;
        context?.Dispose();
        return calls;
    }

    /// <summary>
    /// The failing call is named with its code, unless it only destroyed or only asked, whose answers belong to earlier work or to an
    /// error that is on its way already.
    /// </summary>
    private static void Reported(FakeDriver driver, int failing, Action action)
    {
        Exception? thrown = Record.Exception(action);
        string call = driver.Calls[failing - 1];
        if (IsCleanup(driver, failing) && (thrown is null || driver.FailWith.LosesContext()))
        {
            if (thrown is null) return;
            var lost = Assert.IsType<CudaException>(thrown);
            Assert.Equal((driver.FailWith, true), (lost.Result, lost.DeviceIsLost));
            return;
        }
        Assert.True(thrown is not null, $"{call} failed and nobody said so");
        var error = Assert.IsType<CudaException>(thrown);
        Assert.Equal((driver.FailWith, call), (error.Result, error.Call));
        Assert.Contains(driver.FailWith.NativeName(), error.Message, StringComparison.Ordinal);
    }

    private static bool IsCleanup(FakeDriver driver, int call)
    {
        string name = driver.Calls[call - 1];
        if (name == "cuCtxSetCurrent" && call < driver.Calls.Count) name = driver.Calls[call]; // made current to destroy
        return name.EndsWith("Destroy", StringComparison.Ordinal) || name is "cuMemFree" or "cuMemFreeHost" or "cuModuleUnload";
    }
}
