using System.Text;
using KernelForge.Emulation.Driver;
using KernelForge.Emulation.Findings;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Tests.Driver;

/// <summary>The emulated driver by its own calls, where the runtime above it would not make them.</summary>
public sealed class SeamTests
{
    private readonly EmulatedDriver driver = new();

    [Fact]
    public void A_call_without_a_context_is_refused()
    {
        Assert.Equal(CudaResult.InvalidContext, driver.Allocate(16, out _));
        Assert.Contains("no context is current on this thread", driver.Explain(CudaResult.InvalidContext), StringComparison.Ordinal);
        ContextHandle context = Open();
        Is(driver.Allocate(16, out _));
        CudaResult elsewhere = default;
        var thread = new Thread(() => elsewhere = driver.Allocate(16, out _));
        thread.Start();
        thread.Join();
        Assert.Equal(CudaResult.InvalidContext, elsewhere);
        Is(driver.ReleasePrimaryContext(default));
        Assert.Equal(CudaResult.InvalidContext, driver.Allocate(16, out _));
        Assert.Equal(CudaResult.InvalidContext, driver.SetCurrentContext(context));
    }

    [Theory]
    [InlineData(80, 163, 64), InlineData(86, 99, 48), InlineData(89, 99, 48), InlineData(90, 227, 64), InlineData(100, 227, 64), InlineData(120, 99, 48)]
    public void An_architecture_has_the_limits_of_the_programming_guide(int number, int sharedKilobytes, int warps)
    {
        var other = new EmulatedDriver(Architecture.FromNumber(number));
        Assert.Equal(1024 * sharedKilobytes, Property(other, DeviceProperty.MaxSharedMemoryPerBlockOptin));
        Assert.Equal(32 * warps, Property(other, DeviceProperty.MaxThreadsPerMultiprocessor));
        Assert.Equal((number / 10, number % 10),
            (Property(other, DeviceProperty.ComputeCapabilityMajor), Property(other, DeviceProperty.ComputeCapabilityMinor)));
        Assert.Equal(CudaResult.InvalidValue, other.GetDeviceProperty(default, (DeviceProperty)9999, out _));
    }

    [Fact]
    public void Blocks_of_a_multiprocessor_follow_from_threads_and_shared_memory()
    {
        Open();
        FunctionHandle function = Load();
        Assert.Equal([16, 32, 2, 0], [Blocks(128, 0), Blocks(32, 0), Blocks(1024, 40_000), Blocks(1025, 0)]);
        Assert.Equal(0, Blocks(128, 100_000));
        Is(driver.SetFunctionProperty(function, FunctionProperty.MaxDynamicSharedSizeBytes, 163 * 1024));
        Assert.Equal([1, 1], [Blocks(128, 100_000), Blocks(128, 163 * 1024)]);
        Assert.Equal(CudaResult.InvalidValue, driver.SetFunctionProperty(function, FunctionProperty.MaxDynamicSharedSizeBytes, 163 * 1024 + 1));
        Is(driver.GetFunctionProperty(function, FunctionProperty.PtxVersion, out int version));
        Assert.Equal(80, version);

        int Blocks(int threads, int bytes)
        {
            Is(driver.GetMaxActiveBlocks(function, threads, (nuint)bytes, out int blocks));
            return blocks;
        }
    }

    [Fact]
    public unsafe void Streams_that_are_not_told_otherwise_wait_for_the_default_stream_and_it_for_them()
    {
        Open();
        Is(driver.CreateStream(StreamKind.Default, out StreamHandle meets));
        Is(driver.CreateStream(StreamKind.NonBlocking, out StreamHandle apart));
        Is(driver.Allocate(16, out DevicePointer x));
        Is(driver.FillWords(x, 1, 4, meets));
        Is(driver.FillWords(x, 2, 2, default));
        Is(driver.FillWords(x, 3, 1, meets));
        Is(driver.FillWords(x + 12, 4, 1, apart));
        Is(driver.SynchronizeStream(apart));
        Assert.Equal(CudaResult.NotReady, driver.QueryStream(meets));
        Is(driver.SynchronizeStream(meets));
        int* words = stackalloc int[4];
        Is(driver.CopyToHost((nint)words, x, 16, default));
        Assert.Equal([3, 2, 1, 1], new ReadOnlySpan<int>(words, 4)); // What was given apart came first.
    }

    [Fact]
    public void An_event_is_reached_when_the_work_before_it_is_done()
    {
        Open();
        Is(driver.CreateStream(StreamKind.NonBlocking, out StreamHandle stream));
        Is(driver.CreateEvent(EventKind.Ordering, out EventHandle reached));
        Is(driver.Allocate(16, out DevicePointer x));
        Is(driver.QueryEvent(reached));
        Is(driver.Fill(x, 1, 16, stream));
        Is(driver.RecordEvent(reached, stream));
        Is(driver.Fill(x, 2, 16, stream));
        Assert.Equal(CudaResult.NotReady, driver.QueryEvent(reached));
        Is(driver.SynchronizeEvent(reached));
        Assert.Equal(CudaResult.InvalidHandle, driver.GetElapsedTime(reached, reached, out _));
        Is(driver.DestroyEvent(reached));
        Assert.Equal(CudaResult.InvalidHandle, driver.QueryEvent(reached));
        Assert.Contains("destroyed before", driver.Explain(CudaResult.InvalidHandle), StringComparison.Ordinal);
        Is(driver.DestroyStream(stream));
        Assert.Equal(CudaResult.InvalidHandle, driver.SynchronizeStream(stream));
    }

    [Fact]
    public void A_recording_in_the_wrong_state_is_refused()
    {
        Open();
        Is(driver.CreateStream(StreamKind.NonBlocking, out StreamHandle stream));
        Assert.Equal(CudaResult.IllegalState, driver.EndCapture(stream, out _));
        Assert.Equal(CudaResult.StreamCaptureUnsupported, driver.BeginCapture(default, CaptureMode.Global));
        Is(driver.BeginCapture(stream, CaptureMode.ThreadLocal));
        Assert.Equal(CudaResult.IllegalState, driver.BeginCapture(stream, CaptureMode.ThreadLocal));
        Assert.Equal(CudaResult.StreamCaptureUnsupported, driver.SynchronizeContext());
        Assert.Equal(CudaResult.StreamCaptureInvalidated, driver.EndCapture(stream, out GraphHandle graph));
        Assert.Equal(default, graph);
        Is(driver.BeginCapture(stream, CaptureMode.Relaxed));
        Is(driver.Allocate(16, out _));
        Is(driver.EndCapture(stream, out graph));
        Is(driver.DestroyGraph(graph));
        Assert.Equal(CudaResult.InvalidHandle, driver.InstantiateGraph(graph, out _));
    }

    [Fact]
    public void Findings_stay_until_they_are_cleared_and_the_device_works_again()
    {
        Open();
        FunctionHandle function = Load();
        byte[] arguments = BitConverter.GetBytes(64ul);
        Is(driver.Launch(function, new LaunchShape(new Dim3(1), new Dim3(32)), default, new KernelArguments(arguments, [0])));
        Assert.Empty(driver.Findings);
        Assert.Equal(CudaResult.LaunchFailed, driver.SynchronizeContext());
        Assert.Equal(CudaResult.LaunchFailed, driver.Allocate(16, out _));
        Assert.Equal(FindingKind.OutOfBounds, Assert.Single(driver.Findings).Kind);
        Assert.Contains("out-of-bounds in small, PTX line 14", driver.Explain(CudaResult.LaunchFailed), StringComparison.Ordinal);
        driver.ClearFindings();
        Assert.Empty(driver.Findings);
        Is(driver.Allocate(16, out _));
        Is(driver.SynchronizeContext());
    }

    [Fact]
    public void What_an_emulated_GPU_has_not_is_refused_by_name()
    {
        Open();
        var description = new TensorMapDescription(TensorMapDataType.Float16, default, [8ul], [], [8u], [1u]);
        Assert.Equal(CudaResult.NotSupported, driver.EncodeTensorMap(description, out _));
        Assert.Contains("no tensor maps", driver.Explain(CudaResult.NotSupported), StringComparison.Ordinal);
        Assert.Equal(CudaResult.NotSupported, driver.GetMaxActiveClusters(Load(), default, out _));
    }

    private static void Is(CudaResult result) => Assert.Equal(CudaResult.Success, result);

    private static int Property(EmulatedDriver of, DeviceProperty property)
    {
        Is(of.GetDeviceProperty(default, property, out int value));
        return value;
    }

    private ContextHandle Open()
    {
        Is(driver.RetainPrimaryContext(default, out ContextHandle context));
        Is(driver.SetCurrentContext(context));
        return context;
    }

    // Every thread writes its number to its word of the buffer.
    private FunctionHandle Load()
    {
        byte[] image = Encoding.UTF8.GetBytes(SmallKernels.Of("st.global.u32 [%rd2], %r1;") + "\0");
        Is(driver.LoadModule(image, out CudaModuleHandle module, out _));
        Is(driver.GetFunction(module, "small", out FunctionHandle function));
        return function;
    }
}
