using KernelForge.Emulation;
using KernelForge.Emulation.Driver;
using KernelForge.Emulation.Findings;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Memory;
using KernelForge.Runtime.Cuda.Modules;

namespace KernelForge.Cuda.Tests.Driver;

/// <summary>What an emulated driver finds and refuses, and how the ordinary runtime tells it.</summary>
public sealed class FaultTests
{
    [Theory, InlineData(0), InlineData(1), InlineData(4)]
    public void A_finding_comes_with_the_wait_and_names_kernel_line_and_place(int seed)
    {
        using var gpu = new EmulatedGpu(seed);
        CudaKernel add = gpu.Load("add", EmulatedGpu.Add);
        using DeviceBuffer x = gpu.Context.Memory.Rent(512);
        gpu.Stream.Fill(x, 0);
        EmulatedGpu.Launch(add, gpu.Stream, DeviceBuffer.Foreign(x.Handle + 500, 12), 1, 4);
        CudaException error = Assert.Throws<CudaException>(gpu.Stream.Synchronize);
        Assert.Equal((CudaResult.LaunchFailed, true, "add"), (error.Result, error.DeviceIsLost, error.Kernel));
        Assert.Equal(["read", "write"], gpu.Driver.Findings.Select(f => f.Access));
        Finding finding = gpu.Driver.Findings[0];
        Assert.Equal((FindingKind.OutOfBounds, "add", 4, new Index3(3, 0, 0)), (finding.Kind, finding.Kernel, finding.SourceLine, finding.Thread));
        Assert.Contains("out-of-bounds in add, PTX line", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 4 of add.cu, block (0, 0, 0), thread (3, 0, 0)", error.Message, StringComparison.Ordinal);
        Assert.Contains("= allocation 1 of 512 bytes+512", error.Message, StringComparison.Ordinal);
        Assert.Contains("was lost before", Assert.Throws<CudaException>(gpu.Stream.Synchronize).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_finding_a_context_that_is_opened_anew_works()
    {
        using var gpu = new EmulatedGpu();
        CudaKernel add = gpu.Load("add", EmulatedGpu.Add);
        EmulatedGpu.Launch(add, gpu.Stream, DeviceBuffer.Foreign(64, 4), 1, 1);
        Assert.Throws<CudaException>(gpu.Stream.Synchronize);
        gpu.Context.Dispose();
        using CudaContext anew = CudaContext.Open(gpu.Driver);
        using DeviceBuffer x = anew.Memory.Rent(4);
        anew.Synchronize();
        Assert.NotEmpty(gpu.Driver.Findings);
        gpu.Driver.ClearFindings();
        Assert.Empty(gpu.Driver.Findings);
    }

    [Fact]
    public void A_pinned_buffer_that_is_changed_too_early_is_found_for_some_seed()
    {
        int found = 0;
        for (int seed = 0; seed < 10; seed++)
        {
            using var gpu = new EmulatedGpu(seed);
            using DeviceBuffer x = gpu.Buffer(0, 0);
            using var input = new PinnedBuffer(gpu.Context, 8);
            input.As<int>().Fill(1);
            gpu.Stream.CopyToDevice(input, x, 8);
            input.As<int>()[1] = 2;
            CudaException? error = Record.Exception(gpu.Stream.Synchronize) as CudaException;
            if (error is null) continue;
            found++;
            Assert.Equal(FindingKind.HostChange, Assert.Single(gpu.Driver.Findings).Kind);
            Assert.Contains("pinned buffer 1 of 8 bytes was changed from byte 4 on", error.Message, StringComparison.Ordinal);
        }
        Assert.InRange(found, 2, 9);
    }

    [Fact]
    public void A_pinned_buffer_that_is_freed_before_the_copy_ran_is_found()
    {
        using var gpu = new EmulatedGpu();
        using DeviceBuffer x = gpu.Buffer(0, 0);
        var input = new PinnedBuffer(gpu.Context, 8);
        gpu.Stream.CopyToDevice(input, x, 8);
        input.Dispose();
        Assert.Contains("pinned buffer 1 of 8 bytes was freed before the copy from it ran",
            Assert.Throws<CudaException>(gpu.Stream.Synchronize).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("memory"), InlineData("pinned"), InlineData("module")]
    public void A_graph_that_is_replayed_after_something_it_uses_was_freed_is_found(string what)
    {
        using var gpu = new EmulatedGpu(1);
        using CudaModule module = gpu.LoadModule("add", EmulatedGpu.Add);
        CudaKernel add = module.Kernel("add");
        DeviceBuffer x = gpu.Buffer(0, 0);
        using var input = new PinnedBuffer(gpu.Context, 8);
        input.As<int>().Clear();
        using CudaGraph graph = CudaGraph.Capture(gpu.Stream, "layer", captured =>
        {
            captured.CopyToDevice(input, x, 8);
            EmulatedGpu.Launch(add, captured, x, 1, 0);
        });
        graph.Launch(gpu.Stream);
        gpu.Stream.Synchronize();
        string words;
        switch (what)
        {
            case "memory":
                x.Dispose();
                gpu.Context.Memory.Trim();
                words = "'allocation 1 of 512 bytes' at 0x";
                break;
            case "pinned":
                input.Dispose();
                words = "pinned buffer 1 of 8 bytes was freed";
                break;
            default:
                module.Dispose();
                words = "use-after-free in add: the kernel's module was unloaded";
                break;
        }
        graph.Launch(gpu.Stream);
        Assert.Contains(words, Assert.Throws<CudaException>(gpu.Stream.Synchronize).Message, StringComparison.Ordinal);
        Assert.Equal(FindingKind.UseAfterFree, Assert.Single(gpu.Driver.Findings).Kind);
    }

    [Fact]
    public void Arguments_that_do_not_lie_where_the_parameters_do_are_refused()
    {
        using var gpu = new EmulatedGpu();
        CudaKernel add = gpu.Load("add", EmulatedGpu.Add);
        using DeviceBuffer x = gpu.Buffer(0);
        var shape = new LaunchShape(new Dim3(1), new Dim3(64));
        Refuses(() => add.Launch(gpu.Stream, shape, new ArgumentBuffer().Add(x).Add(1)), "takes 3 arguments and was given 2");
        Refuses(() => add.Launch(gpu.Stream, shape, new ArgumentBuffer().Add(x).Add(1L).Add(1)),
            "argument 2 of kernel 'add' has 4 bytes at byte 16, and its parameter 'add_param_2' (.u32) 4 at byte 12; it, or one before it,");
        Refuses(() => add.Launch(gpu.Stream, shape, new ArgumentBuffer().Add(x).Add(1).Add(1L)), "argument 2 of kernel 'add' has 8 bytes at byte 16");
        Refuses(() => add.Launch(gpu.Stream, new LaunchShape(new Dim3(0), new Dim3(64)), new ArgumentBuffer()), "a grid of (0, 1, 1)");
        Refuses(() => add.Launch(gpu.Stream, shape with { Cluster = new Dim3(2) }, new ArgumentBuffer()), "an emulated GPU runs no clusters");
    }

    [Fact]
    public void Copies_of_freed_memory_and_beyond_an_allocation_are_refused()
    {
        using var gpu = new EmulatedGpu();
        DeviceBuffer x = gpu.Buffer(0);
        DeviceBuffer beyond = DeviceBuffer.Foreign(x.Handle + 500, 100), same = DeviceBuffer.Foreign(x.Handle, 4);
        Refuses(() => gpu.Stream.Fill(beyond, 0), "leave 'allocation 1 of 512 bytes', which has 512 bytes, 12 from there on");
        x.Dispose();
        gpu.Context.Memory.Trim();
        Refuses(() => gpu.Stream.Fill(same, 0), "'allocation 1 of 512 bytes', which held 0x");
    }

    [Fact]
    public void Calls_that_a_recording_does_not_allow_end_it()
    {
        using var gpu = new EmulatedGpu();
        using DeviceBuffer x = gpu.Buffer(0);
        using var done = new CudaEvent(gpu.Context);
        Refuses(() => Capture(_ => gpu.Stream.Synchronize()), "STREAM_CAPTURE_UNSUPPORTED");
        Refuses(() => Capture(_ => gpu.Context.Memory.Rent(1 << 20)), "device memory was allocated while a stream's work was recorded");
        Refuses(() => Capture(s => s.Upload<int>([1], x)), "memory of the host that is not pinned");
        Refuses(() => Capture(s => { s.Record(done); done.Synchronize(); }), "the event stands in recorded work");
        Refuses(() => Capture(s =>
        {
            using var other = new CudaStream(gpu.Context);
            s.Record(done);
            other.WaitFor(done);
            other.Fill(x, 0);
        }), "STREAM_CAPTURE_INVALIDATED");
        gpu.Stream.Fill(x, 0);
        Assert.Equal([0], gpu.Read(x));

        void Capture(Action<CudaStream> work) => CudaGraph.Capture(gpu.Stream, "layer", work).Dispose();
    }

    [Fact]
    public void Faults_are_played_once_each()
    {
        using var gpu = new EmulatedGpu();
        CudaKernel add = gpu.Load("add", EmulatedGpu.Add);
        using DeviceBuffer x = gpu.Buffer(0);
        gpu.Driver.Faults.FailAllocation = 2;
        using DeviceBuffer one = gpu.Context.Memory.Rent(5000);
        Refuses(() => gpu.Context.Memory.Rent(6000), "OUT_OF_MEMORY");
        using DeviceBuffer three = gpu.Context.Memory.Rent(6000);

        gpu.Driver.Faults.FailLaunch = 1;
        Refuses(() => EmulatedGpu.Launch(add, gpu.Stream, x, 1, 1), "the launch fails, as the fault plan says");
        EmulatedGpu.Launch(add, gpu.Stream, x, 1, 1);
        Assert.Equal([1], gpu.Read(x));

        gpu.Driver.Faults.LoseDevice = 3;
        Assert.Throws<CudaException>(() => gpu.Read(x));
        Assert.Equal(CudaResult.EccUncorrectable, gpu.Context.LostBy?.Result);
        gpu.Context.Dispose();
        using CudaContext anew = CudaContext.Open(gpu.Driver);
        anew.Memory.Rent(4).Dispose();
    }

    [Fact]
    public void More_than_the_device_has_is_out_of_memory()
    {
        using CudaContext context = CudaContext.Open(new EmulatedDriver { Capacity = 1 << 20 });
        using DeviceBuffer half = context.Memory.Rent(1 << 19);
        Refuses(() => context.Memory.Rent(1 << 20), "has 512 KiB free of 1 MiB");
    }

    [Fact]
    public void Images_that_are_not_for_the_device_are_refused_with_the_reason()
    {
        using var gpu = new EmulatedGpu();
        Refuses(() => new CudaModule(gpu.Context, "\x7fELF\0"u8, "cubin").Dispose(), "this is machine code; an emulated GPU executes PTX");
        Refuses(() => new CudaModule(gpu.Context, ".version 8.0\n.target sm_90a\n.address_size 64\n\0"u8, "ptx").Dispose(), "the PTX is for sm_90a");
        Refuses(() => new CudaModule(gpu.Context, ".version 8.0\n.target sm_80\n.visible .entry f() { frob.u32; }\0"u8, "ptx").Dispose(), "PTX line 3");
        Refuses(() => gpu.Load("other", EmulatedGpu.Add), "the module has no kernel 'other'; it has add");
    }

    private static void Refuses(Action action, string words) =>
        Assert.Contains(words, Assert.Throws<CudaException>(action).Message, StringComparison.Ordinal);
}
