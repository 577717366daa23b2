using KernelForge.Emulation;
using KernelForge.Emulation.Driver;
using KernelForge.Emulation.Findings;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Memory;
using KernelForge.Runtime.Cuda.Modules;

namespace KernelForge.Cuda.Tests.Driver;

/// <summary>What the ordinary runtime does on an emulated driver, where everything is as it should be.</summary>
public sealed class RuntimeTests
{
    public static TheoryData<int> Seeds => [0, 1, 2, 3, 4, 5, 6, 7];

    [Theory, MemberData(nameof(Seeds))]
    public void Kernels_of_a_stream_run_in_order(int seed)
    {
        using var gpu = new EmulatedGpu(seed);
        CudaKernel add = gpu.Load("add", EmulatedGpu.Add);
        using DeviceBuffer x = gpu.Buffer(1, 2, 3);
        EmulatedGpu.Launch(add, gpu.Stream, x, 10, 3);
        gpu.Stream.Fill(x, 0);
        EmulatedGpu.Launch(add, gpu.Stream, x, 7, 2);
        Assert.Equal([7, 7, 0], gpu.Read(x));
        Assert.Empty(gpu.Driver.Findings);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_graph_is_replayed_with_what_a_pinned_buffer_holds_then(int seed)
    {
        using var gpu = new EmulatedGpu(seed);
        CudaKernel add = gpu.Load("add", EmulatedGpu.Add);
        using DeviceBuffer x = gpu.Buffer(0, 0, 0);
        using PinnedBuffer input = new(gpu.Context, 12), output = new(gpu.Context, 12);
        using CudaGraph graph = CudaGraph.Capture(gpu.Stream, "layer", captured =>
        {
            captured.CopyToDevice(input, x, 12);
            EmulatedGpu.Launch(add, captured, x, 100, 3);
            EmulatedGpu.Launch(add, captured, x, 100, 2);
            captured.CopyToHost(x, output, 12);
        });
        foreach (int start in (int[])[1, 5])
        {
            input.As<int>().Fill(start);
            graph.Launch(gpu.Stream);
            gpu.Stream.Synchronize();
            Assert.Equal([start + 200, start + 200, start + 100], output.As<int>());
        }
        Assert.Equal(GraphUpdateResult.TopologyChanged, graph.Update(gpu.Stream, captured => captured.Fill(x, 0)));
        graph.Launch(gpu.Stream);
        Assert.Equal([0, 0, 0], gpu.Read(x));
        Assert.Equal(GraphUpdateResult.Success, graph.Update(gpu.Stream, captured => captured.Fill(x, 1)));
        graph.Launch(gpu.Stream);
        Assert.Equal([0x01010101, 0x01010101, 0x01010101], gpu.Read(x));
        Assert.Empty(gpu.Driver.Findings);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_stream_that_waits_for_another_ones_event_comes_after_it(int seed)
    {
        using var gpu = new EmulatedGpu(seed);
        CudaKernel add = gpu.Load("add", EmulatedGpu.Add);
        using var other = new CudaStream(gpu.Context);
        using CudaEvent first = new(gpu.Context, EventKind.Timing), second = new(gpu.Context, EventKind.Timing);
        using DeviceBuffer x = gpu.Buffer(1), y = gpu.Buffer(0);
        gpu.Stream.Record(first);
        EmulatedGpu.Launch(add, gpu.Stream, x, 4, 1);
        gpu.Stream.Record(second);
        other.WaitFor(second);
        other.CopyOnDevice(x, y, 4);
        int[] result = new int[1];
        other.Download(y, result.AsSpan());
        Assert.Equal([5], result);
        Assert.True(second.Since(first) >= TimeSpan.Zero);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_recording_takes_in_a_stream_that_waits_for_its_event(int seed)
    {
        using var gpu = new EmulatedGpu(seed);
        CudaKernel add = gpu.Load("add", EmulatedGpu.Add);
        using var other = new CudaStream(gpu.Context);
        using CudaEvent fork = new(gpu.Context), join = new(gpu.Context);
        using DeviceBuffer x = gpu.Buffer(0), y = gpu.Buffer(0), sum = gpu.Buffer(0, 0);
        using CudaGraph graph = CudaGraph.Capture(gpu.Stream, "fork", captured =>
        {
            captured.Fill(x, 0);
            captured.Record(fork);
            other.WaitFor(fork);
            EmulatedGpu.Launch(add, other, x, 3, 1);
            EmulatedGpu.Launch(add, captured, y, 4, 1);
            other.Record(join);
            captured.WaitFor(join);
            EmulatedGpu.Launch(add, captured, x, 10, 1);
        });
        graph.Launch(gpu.Stream);
        graph.Launch(gpu.Stream);
        Assert.Equal([13], gpu.Read(x));
        Assert.Equal([8], gpu.Read(y));
    }

    [Fact]
    public void Work_that_nobody_waits_for_shows_late()
    {
        bool early = false, late = false;
        for (int seed = 0; seed < 10; seed++)
        {
            using var gpu = new EmulatedGpu(seed);
            CudaKernel add = gpu.Load("add", EmulatedGpu.Add);
            using var other = new CudaStream(gpu.Context);
            using DeviceBuffer x = gpu.Buffer(0);
            EmulatedGpu.Launch(add, gpu.Stream, x, 1, 1);
            int[] seen = new int[1];
            other.Download(x, seen.AsSpan());
            (early, late) = (early || seen[0] == 1, late || seen[0] == 0);
        }
        Assert.True(early && late);
    }

    [Fact]
    public void Kernels_are_counted_by_name()
    {
        using var gpu = new EmulatedGpu();
        CudaKernel add = gpu.Load("add", EmulatedGpu.Add);
        using DeviceBuffer x = gpu.Buffer(1, 2, 3);
        EmulatedGpu.Launch(add, gpu.Stream, x, 1, 3);
        EmulatedGpu.Launch(add, gpu.Stream, x, 1, 2);
        gpu.Stream.Synchronize();
        LaunchStatistics counted = Assert.Single(gpu.Driver.KernelStatistics, k => k.Key == "add").Value;
        Assert.Equal((2, 20, 20), (counted.Launches, counted.GlobalBytesRead, counted.GlobalBytesWritten));
        Assert.Equal(counted.LaneInstructions, gpu.Driver.Statistics.LaneInstructions);
        gpu.Driver.ResetStatistics();
        Assert.Empty(gpu.Driver.KernelStatistics);
    }

    [Fact]
    public void A_device_is_emulated_by_name()
    {
        CudaDevice device = Assert.IsType<CudaDevice>(Device.Emulated(new Architecture(8, 6)));
        Assert.Equal((CudaPrecision.Float32, "an emulated sm_86, device 0, Float32"), (device.Precision, device.ToString()));
        using CudaContext context = device.Open();
        Assert.Equal((new Architecture(8, 6), "emulated GPU sm_86", 99 * 1024), (context.Architecture, context.Name, context.SharedBytesOfBlock));
        var unknown = Assert.Throws<NotSupportedException>(() => Device.Emulated(new Architecture(7, 5)));
        Assert.Contains("the limits of sm_75 are not known", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_context_lets_go_of_everything()
    {
        var driver = new EmulatedDriver();
        for (int round = 0; round < 2; round++)
        {
            using CudaContext context = CudaContext.Open(driver);
            using DeviceBuffer x = context.Memory.Rent(1 << 20);
            _ = driver.GetMemoryInfo(out nuint free, out nuint total);
            Assert.Equal((nuint)1 << 20, total - free);
        }
        Assert.Empty(driver.Findings);
    }
}
