using System.Reflection;
using System.Runtime.Loader;
using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Runtime.Cuda.Tests.Interop;

/// <summary>
/// What a program that runs on a machine with a driver has: the library is found by the environment and bound once a process.
/// </summary>
public sealed class RecordedDriver : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Lazy<(RecordingLibrary Library, NativeDriver Driver, string[] OpeningCalls)> opened;

    public RecordedDriver() => opened = new(() =>
    {
        RecordingLibrary library = RecordingLibrary.Build(folder.Path);
        Environment.SetEnvironmentVariable("KERNELFORGE_CUDA_DRIVER", library.Path);
        NativeDriver driver = NativeDriver.Open();
        return (library, driver, library.Take());
    });

    internal RecordingLibrary Library => opened.Value.Library;

    internal NativeDriver Driver => opened.Value.Driver;

    internal string[] OpeningCalls => opened.Value.OpeningCalls;

    public void Dispose() => folder.Dispose();
}

public sealed class NativeDriverTests(RecordedDriver recorded) : IClassFixture<RecordedDriver>
{
    private static readonly StreamHandle stream = new(0x51);
    private static readonly EventHandle first = new(0xe1), second = new(0xe2);

    [Fact]
    public unsafe void Every_call_arrives_as_it_was_made_and_every_answer_comes_back()
    {
        NativeDriver driver = recorded.Driver;
        Assert.Equal(["cuDriverGetVersion(out)", "cuInit(0)"], recorded.OpeningCalls);
        recorded.Library.Take();
        Assert.EndsWith("libcuda.so.1 (CUDA 13.0)", driver.Description, StringComparison.Ordinal);

        nuint many = unchecked((nuint)5_000_000_000); // more than 32 bits hold
        var expected = new List<string>();
        void Called(string line, CudaResult result)
        {
            Assert.Equal(CudaResult.Success, result);
            expected.Add(line);
        }

        Called("cuInit(0)", driver.Initialize());
        Called("cuDriverGetVersion(out)", driver.GetVersion(out int version));
        Assert.Equal(13000, version);
        Called("cuDeviceGetCount(out)", driver.GetDeviceCount(out int count));
        Assert.Equal(2, count);
        Called("cuDeviceGet(out, 1)", driver.GetDevice(1, out DeviceHandle device));
        Assert.Equal(0x100, device.Value);
        Called("cuDeviceGetName(out, 256, 3)", driver.GetDeviceName(new DeviceHandle(3), out string name));
        Assert.Equal("Recorder 3", name);
        Called("cuDeviceTotalMem_v2(out, 3)", driver.GetDeviceMemory(new DeviceHandle(3), out nuint memory));
        Assert.Equal((nuint)0x100, memory);
        Called("cuDeviceGetAttribute(out, 97, 3)",
            driver.GetDeviceProperty(new DeviceHandle(3), DeviceProperty.MaxSharedMemoryPerBlockOptin, out int shared));
        Assert.Equal(1097, shared);
        Called("cuDevicePrimaryCtxRetain(out, 3)", driver.RetainPrimaryContext(new DeviceHandle(3), out ContextHandle context));
        Assert.Equal(0x100, context.Value);
        Called("cuDevicePrimaryCtxRelease_v2(3)", driver.ReleasePrimaryContext(new DeviceHandle(3)));
        Called("cuCtxSetCurrent(0xc0)", driver.SetCurrentContext(new ContextHandle(0xc0)));
        Called("cuCtxGetCurrent(out)", driver.GetCurrentContext(out context));
        Assert.Equal(0x100, context.Value);
        Called("cuCtxGetDevice(out)", driver.GetCurrentDevice(out device));
        Assert.Equal(0x100, device.Value);
        Called("cuCtxSynchronize()", driver.SynchronizeContext());

        byte[] image = [.. "cubin"u8, 0];
        fixed (byte* pinned = image)
        {
            Called($"cuModuleLoadDataEx(out, 0x{(nuint)pinned:x}, 2, array, array, options 5 6, image 'cubin')",
                driver.LoadModule(image, out CudaModuleHandle module, out string log));
            Assert.Equal((0x100, ""), (module.Value, log));
        }
        Called("cuModuleUnload(0xd0)", driver.UnloadModule(new CudaModuleHandle(0xd0)));
        Called("cuModuleGetFunction(out, 0xd0, \"gemm_äß\")",
            driver.GetFunction(new CudaModuleHandle(0xd0), "gemm_äß", out FunctionHandle function));
        Assert.Equal(0x100, function.Value);
        Called("cuModuleGetGlobal_v2(out, out, 0xd0, \"table\")",
            driver.GetGlobal(new CudaModuleHandle(0xd0), "table", out DevicePointer global, out nuint globalBytes));
        Assert.Equal((0x100ul, (nuint)0x101), (global.Address, globalBytes));
        Called("cuFuncGetAttribute(out, 4, 0x77)",
            driver.GetFunctionProperty(new FunctionHandle(0x77), FunctionProperty.NumRegs, out int registers));
        Assert.Equal(0x100, registers);
        Called("cuFuncSetAttribute(0x77, 8, 99000)",
            driver.SetFunctionProperty(new FunctionHandle(0x77), FunctionProperty.MaxDynamicSharedSizeBytes, 99000));
        Called("cuOccupancyMaxActiveBlocksPerMultiprocessor(out, 0x77, 256, 5000000000)",
            driver.GetMaxActiveBlocks(new FunctionHandle(0x77), 256, many, out int blocks));
        Assert.Equal(0x100, blocks);

        Called("cuMemGetInfo_v2(out, out)", driver.GetMemoryInfo(out nuint free, out nuint total));
        Assert.Equal(((nuint)0x100, (nuint)0x101), (free, total));
        Called("cuMemAlloc_v2(out, 5000000000)", driver.Allocate(many, out DevicePointer allocated));
        Assert.Equal(0x100ul, allocated.Address);
        Called("cuMemFree_v2(139637976727552)", driver.Free(new DevicePointer(0x7f00_0000_0000)));
        Called("cuMemHostAlloc(out, 4096, 0)", driver.AllocateHost(4096, out nint host));
        Assert.Equal(0x100, host);
        Called("cuMemFreeHost(0x1234)", driver.FreeHost(0x1234));
        Called("cuMemcpyHtoDAsync_v2(11, 0x22, 33, 0x51)", driver.CopyToDevice(new DevicePointer(11), 0x22, 33, stream));
        Called("cuMemcpyDtoHAsync_v2(0x22, 11, 33, 0x51)", driver.CopyToHost(0x22, new DevicePointer(11), 33, stream));
        Called("cuMemcpyDtoDAsync_v2(11, 22, 33, 0x51)", driver.CopyOnDevice(new DevicePointer(11), new DevicePointer(22), 33, stream));
        Called("cuMemsetD8Async(11, 255, 33, 0x51)", driver.Fill(new DevicePointer(11), 255, 33, stream));
        Called("cuMemsetD32Async(11, 3735928559, 33, 0x51)", driver.FillWords(new DevicePointer(11), 0xdeadbeef, 33, stream));

        Called("cuStreamCreate(out, 1)", driver.CreateStream(StreamKind.NonBlocking, out StreamHandle created));
        Assert.Equal(0x100, created.Value);
        Called("cuStreamDestroy_v2(0x51)", driver.DestroyStream(stream));
        Called("cuStreamSynchronize(0x51)", driver.SynchronizeStream(stream));
        Called("cuStreamQuery(0x51)", driver.QueryStream(stream));
        Called("cuStreamWaitEvent(0x51, 0xe1, 0)", driver.WaitForEvent(stream, first));
        Called("cuEventCreate(out, 2)", driver.CreateEvent(EventKind.Ordering, out EventHandle createdEvent));
        Assert.Equal(0x100, createdEvent.Value);
        Called("cuEventDestroy_v2(0xe1)", driver.DestroyEvent(first));
        Called("cuEventRecord(0xe1, 0x51)", driver.RecordEvent(first, stream));
        Called("cuEventQuery(0xe1)", driver.QueryEvent(first));
        Called("cuEventSynchronize(0xe1)", driver.SynchronizeEvent(first));
        Called("cuEventElapsedTime_v2(out, 0xe1, 0xe2)", driver.GetElapsedTime(first, second, out float milliseconds));
        Assert.Equal(1.5f, milliseconds);

        Called("cuStreamBeginCapture_v2(0x51, 1)", driver.BeginCapture(stream, CaptureMode.ThreadLocal));
        Called("cuStreamEndCapture(0x51, out)", driver.EndCapture(stream, out GraphHandle graph));
        Assert.Equal(0x101, graph.Value);
        Called("cuGraphInstantiateWithFlags(out, 0x101, 0)", driver.InstantiateGraph(graph, out ExecutableGraphHandle executable));
        Assert.Equal(0x100, executable.Value);
        Called("cuGraphExecUpdate_v2(0x100, 0x101, out)", driver.UpdateGraph(executable, graph, out GraphUpdateResult updated));
        Assert.Equal(GraphUpdateResult.Success, updated);
        Called("cuGraphLaunch(0x100, 0x51)", driver.LaunchGraph(executable, stream));
        Called("cuGraphExecDestroy(0x100)", driver.DestroyExecutableGraph(executable));
        Called("cuGraphDestroy(0x101)", driver.DestroyGraph(graph));

        Assert.Equal(expected, recorded.Library.Take());
        string[] elsewhere = // in the tests below
        [
            "cuLaunchKernelEx", "cuOccupancyMaxActiveClusters", "cuGetErrorString", "cuGetProcAddress_v2", "cuTensorMapEncodeTiled",
            "cuEventElapsedTime",
        ];
        Assert.Equal(
            Declaration.Of(typeof(DriverApi)).Select(declaration => declaration.Symbol).Except(elsewhere).Order(StringComparer.Ordinal),
            expected.Select(line => line[..line.IndexOf('(', StringComparison.Ordinal)]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_launch_arrives_with_its_shape_and_every_argument()
    {
        recorded.Library.Take();
        ArgumentBuffer arguments = new ArgumentBuffer().Add(new DevicePointer(0x7f00_0000_0000)).Add(2.5f).Add(-7);
        var shape = new LaunchShape(new Dim3(10, 20, 30), new Dim3(64, 2), SharedBytes: 99000);
        recorded.Driver.Launch(new FunctionHandle(0x77), shape, stream, arguments.Arguments);
        recorded.Driver.Launch(
            new FunctionHandle(0x77), shape with { Cluster = new Dim3(2, 1, 1), Overlap = true }, stream, arguments.Arguments);
        recorded.Driver.GetMaxActiveClusters(new FunctionHandle(0x99), shape with { Cluster = new Dim3(4, 2) }, out int clusters);
        recorded.Driver.Launch(new FunctionHandle(0x99), new LaunchShape(new Dim3(1), new Dim3(1)), default, default);

        const string Shape = "grid 10 20 30, block 64 2 1, shared 99000, stream 0x51";
        const string Values = "values 139637976727552 2.5 -7";
        Assert.Equal(
        [
            $"cuLaunchKernelEx(in, 0x77, array, null, {Shape}, {Values})",
            $"cuLaunchKernelEx(in, 0x77, array, null, {Shape}, attribute 4: 2 1 1, attribute 6: 1 0 0, {Values})",
            "cuOccupancyMaxActiveClusters(out, 0x99, in, grid 10 20 30, block 64 2 1, shared 99000, stream 0x0, attribute 4: 4 2 1)",
            "cuLaunchKernelEx(in, 0x99, array, null, grid 1 1 1, block 1 1 1, shared 0, stream 0x0)",
        ], Calls());
        Assert.Equal(0x100, clusters);
    }

    [Fact]
    public void A_launch_takes_more_arguments_than_are_usual()
    {
        recorded.Library.Take();
        var arguments = new ArgumentBuffer();
        arguments.Add(5ul).Add(0.5f).Add(3);
        for (int i = 0; i < 200; i++) arguments.Add(i);
        recorded.Driver.Launch(new FunctionHandle(0x77), new LaunchShape(new Dim3(1), new Dim3(1)), stream, arguments.Arguments);
        Assert.EndsWith("values 5 0.5 3)", Calls().Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_map_is_asked_for_by_address_made_aligned_and_passed_aligned()
    {
        recorded.Library.Take();
        var description = new TensorMapDescription(
            TensorMapDataType.BFloat16, new DevicePointer(0x7f00_0000_0000), [64, 500, 3], [128, 64000], [64, 128, 1], [1, 1, 2])
        {
            Swizzle = TensorMapSwizzle.Bytes128,
            Promotion = TensorMapPromotion.Bytes256,
        };
        Assert.Equal(CudaResult.Success, recorded.Driver.EncodeTensorMap(description, out TensorMap map));
        recorded.Driver.EncodeTensorMap(description, out _);

        ArgumentBuffer arguments = new ArgumentBuffer().Add(1).Add(map);
        recorded.Driver.Launch(new FunctionHandle(0x78), new LaunchShape(new Dim3(1), new Dim3(1)), stream, arguments.Arguments);
        Assert.Equal([0, 128], arguments.Arguments.Offsets.ToArray());

        const string Encoded = "cuTensorMapEncodeTiled(out, 9, 3, 0x7f0000000000, in, in, in, in, 0, 3, 3, 0, map at 0 modulo 128" +
            "; dimension 64 box 64 step 1; dimension 500 box 128 step 1; dimension 3 box 1 step 2; stride 128; stride 64000)";
        string[] calls = Calls();
        Assert.Equal([Encoded, Encoded], calls.Where(call => call.StartsWith("cuTensorMap", StringComparison.Ordinal)));
        Assert.Equal("cuGetProcAddress_v2(\"cuTensorMapEncodeTiled\", out, 12000, 0, out)", calls[0]);
        Assert.Equal(4, calls.Length);
        Assert.EndsWith(", map 90 of 90 at 0 modulo 128)", calls[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_map_of_spans_that_disagree_is_refused()
    {
        Refuses.With<ArgumentException>("takes 1 strides, 2 box extents and 2 element strides, not 2, 1 and 2", () =>
        {
            var description = new TensorMapDescription(TensorMapDataType.Float16, default, [8, 8], [16, 16], [8], [1, 1]);
            return recorded.Driver.EncodeTensorMap(description, out _);
        });
    }

    [Fact]
    public void A_failure_comes_back_with_its_code_and_what_the_driver_says()
    {
        _ = recorded.Driver;
        recorded.Library.Fail("cuMemAlloc_v2", 2);
        Assert.Equal(CudaResult.OutOfMemory, recorded.Driver.Allocate(1, out _));
        Assert.Equal(CudaResult.Success, recorded.Driver.Allocate(1, out _));
        Assert.Equal("the recorder's sentence", recorded.Driver.Explain(CudaResult.OutOfMemory));
        Assert.Equal("the driver does not know this code", recorded.Driver.Explain((CudaResult)12345));

        recorded.Library.Fail("cuModuleLoadDataEx", 218);
        Assert.Equal(CudaResult.InvalidPtx, recorded.Driver.LoadModule("ptx\0"u8, out _, out string log));
        Assert.Equal("log of 8192 bytes", log);

        recorded.Library.Fail("cuGraphExecUpdate_v2", 910);
        Assert.Equal(CudaResult.GraphExecUpdateFailure, recorded.Driver.UpdateGraph(default, default, out GraphUpdateResult outcome));
        Assert.Equal(GraphUpdateResult.TopologyChanged, outcome);
    }

    [Fact]
    public void The_devices_of_a_machine_are_listed()
    {
        _ = recorded.Driver;
        CudaDevices devices = CudaDevice.Find();
        Assert.True(devices.DriverIsUsable && devices.Any);
        Assert.Equal(["cuda 0: Recorder 256, sm_11826, 256 bytes", "cuda 1: Recorder 256, sm_11826, 256 bytes"],
            devices.Devices.Select(device => device.ToString()));

        Refuses.With<CudaException>("there is no CUDA device 2", () => CudaDevice.Number(2).Open());
        using CudaContext context = ((CudaDevice)Device.Cuda(1)).Open();
        Assert.Equal("Recorder 256", context.Name);
    }

    [Fact]
    public void A_driver_of_cuda_12_is_asked_for_the_time_by_the_older_name()
    {
        using var folder = new TemporaryFolder();
        RecordingLibrary older = RecordingLibrary.Build(folder.Path, without: "cuEventElapsedTime_v2");
        object driver = IsolatedRuntime.Open(older.Path);
        older.Take();

        Type events = driver.GetType().Assembly.GetType(typeof(EventHandle).FullName!)!;
        object?[] arguments = [Activator.CreateInstance(events, (nint)0xe1), Activator.CreateInstance(events, (nint)0xe2), null];
        driver.GetType().GetMethod(nameof(ICudaDriver.GetElapsedTime))!.Invoke(driver, arguments);
        Assert.Equal(1.5f, arguments[2]);
        Assert.Equal(["cuEventElapsedTime(out, 0xe1, 0xe2)"], older.Take());
    }

    [Fact]
    public void A_machine_without_a_driver_is_told_what_is_missing_and_where_it_was_looked_for()
    {
        using var folder = new TemporaryFolder();
        string found = IsolatedRuntime.Find(folder.Path);
        Assert.StartsWith("The CUDA driver (", found, StringComparison.Ordinal);
        Assert.Contains(
            "was not found. It comes with NVIDIA's driver for the GPU. It was looked for, in this order:\n" +
            $"  the environment variable KERNELFORGE_CUDA_DRIVER, which alone counts while it is set: '{folder.Path}' has none",
            found, StringComparison.Ordinal);
        Assert.Contains("NVRTC", found, StringComparison.Ordinal);
    }

    private string[] Calls() => recorded.Library.Take();
}

/// <summary>The runtime as another program would load it: a second binding of the native libraries in this process.</summary>
internal static class IsolatedRuntime
{
    public static object Open(string driver) => Invoke(driver, typeof(NativeDriver), nameof(NativeDriver.Open));

    public static string Find(string driver) => Invoke(driver, typeof(CudaDevice), nameof(CudaDevice.Find)).ToString()!;

    private static object Invoke(string driver, Type type, string method)
    {
        string? before = Environment.GetEnvironmentVariable("KERNELFORGE_CUDA_DRIVER");
        Environment.SetEnvironmentVariable("KERNELFORGE_CUDA_DRIVER", driver);
        try
        {
            Assembly assembly = new AssemblyLoadContext("isolated").LoadFromAssemblyPath(type.Assembly.Location);
            return assembly.GetType(type.FullName!)!.GetMethod(method)!.Invoke(null, null)!;
        }
        finally
        {
            Environment.SetEnvironmentVariable("KERNELFORGE_CUDA_DRIVER", before);
        }
    }
}
