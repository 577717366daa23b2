using System.Runtime.InteropServices;
using System.Text;
using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Memory;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.TestData;

namespace KernelForge.Runtime.Cuda.Tests.Execution;

public sealed class RuntimeTests
{
    [Fact]
    public void What_is_uploaded_comes_back()
    {
        using CudaContext context = CudaContext.Open(new FakeDriver());
        using var stream = new CudaStream(context);
        using DeviceBuffer buffer = context.Memory.Rent(64);
        stream.Fill(buffer, 0xff);
        stream.Upload<int>([1, 2, 3], buffer, offset: 8);
        var back = new int[6];
        stream.Download(buffer, back.AsSpan());
        Assert.Equal([-1, -1, 1, 2, 3, -1], back);

        using var pinned = new PinnedBuffer(context, 8);
        pinned.As<int>()[1] = 77;
        stream.CopyToDevice(pinned, buffer, 8);
        pinned.As<int>().Clear();
        stream.CopyToHost(buffer, pinned, 8);
        Assert.Equal(77, pinned.As<int>()[1]);
    }

    [Fact]
    public void A_copy_beyond_a_buffer_is_refused()
    {
        using CudaContext context = CudaContext.Open(new FakeDriver());
        using var stream = new CudaStream(context);
        using DeviceBuffer buffer = context.Memory.Rent(64); // though its class has more
        Assert.Throws<ArgumentException>(() => stream.Upload<int>([1], buffer, offset: 61));
        Assert.Throws<ArgumentException>(() => stream.Download(buffer, new byte[65].AsSpan()));
        Assert.Throws<ArgumentException>(() => stream.Download(buffer, new byte[1].AsSpan(), offset: nuint.MaxValue));
        stream.Upload<int>([1], buffer, offset: 60);
        stream.Upload<int>([], buffer, offset: 64);
    }

    [Fact]
    public void Memory_is_used_again_by_size_and_freed_with_the_context()
    {
        var driver = new FakeDriver();
        var context = CudaContext.Open(driver);
        DeviceBuffer first = context.Memory.Rent(1000);
        DevicePointer address = first.Pointer;
        first.Dispose();
        first.Dispose();
        Assert.Throws<ObjectDisposedException>(() => first.Pointer);

        DeviceBuffer again = context.Memory.Rent(900), another = context.Memory.Rent(900);
        Assert.Equal(address, again.Pointer);
        Assert.NotEqual(address, another.Pointer);
        Assert.Equal(2, driver.Calls.Count(call => call == "cuMemAlloc"));

        context.Dispose();
        context.Dispose();
        again.Dispose();
        Assert.Empty(driver.Alive);
        Assert.Throws<ObjectDisposedException>(() => context.Memory.Rent(1));
    }

    [Fact]
    public void A_size_class_wastes_at_most_a_quarter()
    {
        Assert.Equal((nuint)512, SizeClass.Of(0));
        nuint last = 0;
        for (nuint bytes = 1; bytes < 100_000; bytes += 7)
        {
            nuint size = SizeClass.Of(bytes);
            Assert.True(size >= bytes && size >= last && (bytes <= 512 || size * 4 <= bytes * 5), $"{bytes} in {size}");
            Assert.Equal(size, SizeClass.Of(size));
            last = size;
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => SizeClass.Of(nuint.MaxValue));
        Assert.Equal("1.5 GiB", SizeClass.Text((nuint)3 << 29));
    }

    [Fact]
    public void Arguments_lie_as_the_kernels_parameters_do()
    {
        ArgumentBuffer buffer = new ArgumentBuffer()
            .Add((byte)1).Add(2).Add((short)3).Add(4.0).Add(new DevicePointer(5)).Add(new TensorMap());
        Assert.Equal([0, 4, 8, 16, 24, 128], buffer.Arguments.Offsets.ToArray());
        Assert.Equal(256, buffer.Arguments.Values.Length);
        Assert.Equal(2, MemoryMarshal.Read<int>(buffer.Arguments[1]));
        Assert.Equal(4.0, MemoryMarshal.Read<double>(buffer.Arguments[3]));
        Assert.Equal(0, buffer.Clear().Arguments.Count);

        Assert.Throws<ArgumentException>(() => buffer.Add((1, 2, 3)));
        for (int i = 0; i < 1024; i++) buffer.Add(i);
        Assert.Throws<ArgumentException>(() => buffer.Add(0));
    }

    [Fact]
    public void Handles_of_other_libraries_are_used_and_stay_theirs()
    {
        var driver = new FakeDriver();
        using (CudaContext context = CudaContext.Attach(driver, 0xc0))
        {
            Assert.Equal(0xc0, context.Handle);
            using CudaStream stream = CudaStream.Foreign(context, 0x51);
            Assert.Equal(0x51, stream.Handle);
            using DeviceBuffer buffer = DeviceBuffer.Foreign(0x7000, 64);
            Assert.Equal(0x7000, buffer.Handle);
            stream.Synchronize();
        }
        Assert.DoesNotContain("cuStreamDestroy", driver.Calls);
        Assert.DoesNotContain("cuMemFree", driver.Calls);
        Assert.DoesNotContain("cuDevicePrimaryCtxRelease", driver.Calls);
    }

    [Fact]
    public void A_kernel_asks_once_for_much_shared_memory()
    {
        var driver = new FakeDriver();
        using CudaContext context = CudaContext.Open(driver);
        using var stream = new CudaStream(context);
        using var module = new CudaModule(context, "cubin"u8, "gemm");
        CudaKernel kernel = module.Kernel("gemm");
        foreach (int bytes in (int[])[48 * 1024, 100_000, 90_000, 100_000])
            kernel.Launch(stream, new LaunchShape(new Dim3(1), new Dim3(32), bytes), new ArgumentBuffer().Add(1));
        Assert.Single(driver.Calls, call => call == "cuFuncSetAttribute");
        Assert.Equal([49152, 100_000, 90_000, 100_000], driver.Launches.Select(launch => launch.Shape.SharedBytes));
    }

    [Fact]
    public void A_graph_takes_over_new_work_or_is_made_anew()
    {
        var driver = new FakeDriver();
        using CudaContext context = CudaContext.Open(driver);
        using var stream = new CudaStream(context);
        using CudaGraph graph = CudaGraph.Capture(stream, "layer", _ => { });
        Assert.Equal(GraphUpdateResult.Success, graph.Update(stream, _ => { }));
        Assert.Single(driver.Calls, call => call == "cuGraphInstantiateWithFlags");

        driver.UpdateOutcome = GraphUpdateResult.TopologyChanged;
        Assert.Equal(GraphUpdateResult.TopologyChanged, graph.Update(stream, _ => { }));
        Assert.Equal(2, driver.Calls.Count(call => call == "cuGraphInstantiateWithFlags"));
        graph.Launch(stream);
        Assert.Single(driver.Alive, kind => kind == "executable graph");
        Assert.DoesNotContain("graph", driver.Alive);
    }

    [Fact]
    public void A_kernel_of_an_unloaded_module_is_not_launched()
    {
        using CudaContext context = CudaContext.Open(new FakeDriver());
        using var stream = new CudaStream(context);
        var module = new CudaModule(context, "cubin"u8, "gemm");
        CudaKernel kernel = module.Kernel("gemm");
        module.Dispose();
        var shape = new LaunchShape(new Dim3(1), new Dim3(1));
        Assert.Throws<ObjectDisposedException>(() => kernel.Launch(stream, shape, new ArgumentBuffer()));
        Assert.Throws<ObjectDisposedException>(() => module.Kernel("gemm"));
    }

    [Theory]
    [InlineData(false, "\u007fELF")]
    [InlineData(true, "//")]
    public void A_kernel_is_compiled_to_what_the_device_executes(bool needsPtx, string begin)
    {
        _ = NativeCode.Compiler;
        using var folder = new TemporaryFolder();
        var driver = new FakeDriver { NeedsPtx = needsPtx };
        using CudaContext context = CudaContext.Open(driver);
        var cache = new CubinCache(Path.Combine(folder.Path, "cubins"), () => NativeCode.Compiler);
        using CudaModule module = CudaModule.Load(context, cache, Kernels.Scale, Kernels.Block128);
        string image = Encoding.Latin1.GetString(driver.LoadedImage);
        Assert.StartsWith(begin, image, StringComparison.Ordinal);
        if (needsPtx) Assert.Contains(".target sm_80", image, StringComparison.Ordinal);
        Assert.Equal("compute_90a", CompileTarget.FullPtx(new Architecture(9, 0)).Name);
    }

    [Fact]
    public void A_device_is_named_without_being_opened()
    {
        Device device = Device.Cuda(3);
        Assert.Equal(CudaDevice.Number(3), device);
        Assert.Equal("cuda 3, Float16", device.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Cuda(-1));

        var driver = new FakeDriver();
        CudaDevice fake = CudaDevice.On(driver);
        Assert.Empty(driver.Calls);
        Assert.Equal("a fake driver, device 0, Float16", fake.ToString());
        using CudaContext context = fake.Open();
        Assert.Equal(("Fake 1000", "sm_80", 108), (context.Name, context.Architecture.ToString(), context.MultiprocessorCount));
    }
}
