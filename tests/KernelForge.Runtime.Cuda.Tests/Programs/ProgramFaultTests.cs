using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Tests.Execution;
using KernelForge.Runtime.Cuda.Tests.Modules;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Runtime.Cuda.Tests.Programs;

/// <summary>A device that fails at every possible call: the error is said, nothing is left behind, and later runs are right.</summary>
public sealed class ProgramFaultTests : IDisposable
{
    private static readonly int[] lengths = [90, 0, 7];

    private readonly TemporaryFolder folder = new();
    private readonly CubinCache cache;

    public ProgramFaultTests() => cache = new CubinCache(Path.Combine(folder.Path, "cubins"), () => new CountingCompiler());

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(CudaResult.OutOfMemory)]
    [InlineData(CudaResult.InvalidValue)]
    [InlineData(CudaResult.IllegalAddress)]
    public void A_program_that_cannot_be_made_leaves_nothing(CudaResult code)
    {
        (int loading, _) = Calls();
        Assert.True(loading > 40, $"loading makes only {loading} calls");
        for (int failing = 1; failing <= loading; failing++)
        {
            using SmallGpu gpu = Gpu(failing, code);
            try
            {
                new SmallProgram(gpu.Device).Dispose(); // a call that only destroys may fail unsaid
                Assert.EndsWith("Destroy", gpu.Driver.Calls[failing - 1].Replace("cuCtxSetCurrent", "Destroy", StringComparison.Ordinal),
                    StringComparison.Ordinal);
            }
            catch (CudaException error)
            {
                Assert.Contains(code.NativeName(), error.Message, StringComparison.Ordinal);
            }
            Assert.Empty(gpu.Driver.Alive);
        }
    }

    [Theory]
    [InlineData(CudaResult.OutOfMemory)]
    [InlineData(CudaResult.InvalidValue)]
    public void After_a_run_that_fails_at_any_call_the_next_is_right_and_nothing_is_left(CudaResult code)
    {
        (int loading, int all) = Calls();
        Assert.True(all - loading > 60, $"a run makes only {all - loading} calls");
        int reported = 0;
        for (int failing = loading + 1; failing <= all; failing++)
        {
            using SmallGpu gpu = Gpu(failing, code);
            using (var program = new SmallProgram(gpu.Device))
            {
                if (Record.Exception(() => Run(program)) is { } thrown)
                {
                    reported++;
                    Assert.Contains(code.NativeName(), Assert.IsType<CudaException>(thrown).Message, StringComparison.Ordinal);
                    // Of the failed workspace nothing is kept, so that what stays alive is the program's.
                    Assert.DoesNotContain("executable graph", gpu.Driver.Alive);
                    Assert.DoesNotContain("graph", gpu.Driver.Alive);
                    Assert.DoesNotContain("pinned memory", gpu.Driver.Alive);
                    Assert.DoesNotContain("stream", gpu.Driver.Alive);
                }
                gpu.Driver.FailAtCall = 0;
                SmallGpu.Run(program, lengths);
            }
            Assert.Empty(gpu.Driver.Alive);
        }
        Assert.True(reported > 50, $"only {reported} failures were said");
    }

    [Fact]
    public void A_device_lost_at_any_call_is_said_let_go_of_and_opened_anew()
    {
        (int loading, int all) = Calls();
        for (int failing = loading + 1; failing <= all; failing++)
        {
            using SmallGpu gpu = Gpu(failing, CudaResult.IllegalAddress);
            var program = new SmallProgram(gpu.Device);
            Exception? thrown = Record.Exception(() => Run(program));
            if (thrown is not null) Assert.True(Assert.IsType<CudaException>(thrown).DeviceIsLost);
            CudaException later = Assert.Throws<CudaException>(() => SmallGpu.Run(program, lengths));
            Assert.Contains("was lost before", later.Message, StringComparison.Ordinal);
            program.Dispose();
            Assert.Empty(gpu.Driver.Alive);

            gpu.Driver.FailAtCall = 0;
            using var anew = new SmallProgram(gpu.Device);
            SmallGpu.Run(anew, lengths);
        }
    }

    [Fact]
    public void A_lost_device_is_not_what_the_next_program_gets()
    {
        using var gpu = new SmallGpu();
        using var lost = new SmallProgram(gpu.Device);
        gpu.Driver.FailNext = "cuGraphLaunch";
        gpu.Driver.FailWith = CudaResult.LaunchFailed;
        Assert.Throws<CudaException>(() => SmallGpu.Run(lost, 5));
        CudaException error = Assert.Throws<CudaException>(() => new SmallProgram(gpu.Device));
        Assert.DoesNotContain("was lost before", error.Message, StringComparison.Ordinal); // the driver itself was asked again
    }

    [Fact]
    public void Too_little_memory_says_for_what_and_smaller_batches_run()
    {
        using var gpu = new SmallGpu(new FakeDriver { Capacity = 1 << 20 });
        using var program = new SmallProgram(gpu.Device);
        CudaException error = Assert.Throws<CudaException>(() => SmallGpu.Run(program, 20_000));
        Assert.Contains("were wanted for buffer ", error.Message, StringComparison.Ordinal);
        Assert.Contains("of SmallProgram with room for 20480 rows in 8 sequences", error.Message, StringComparison.Ordinal);
        SmallGpu.Run(program, 20);
    }

    [Fact]
    public void Memory_that_other_runs_left_is_given_back_before_a_run_fails()
    {
        using var gpu = new SmallGpu(new FakeDriver { Capacity = 3 << 20 });
        using var program = new SmallProgram(gpu.Device);
        // Two runs at once leave two workspaces, both too large for a larger one to lie beside them.
        using var together = new Barrier(2);
        gpu.Look["embed"] = _ => together.SignalAndWait(TimeSpan.FromSeconds(10));
        Parallel.Invoke(() => SmallGpu.Run(program, 4000), () => SmallGpu.Run(program, 4000));
        gpu.Look.Clear();
        nuint two = gpu.Driver.Used;
        SmallGpu.Run(program, 8192);
        Assert.True(two > (3 << 20) / 3, $"the two workspaces took only {two} bytes");
    }

    [Fact]
    public void A_graph_that_fails_is_named_with_what_it_has_room_for()
    {
        using var gpu = new SmallGpu();
        using var program = new SmallProgram(gpu.Device);
        gpu.Driver.FailNext = "cuGraphInstantiateWithFlags";
        Refuses.With<CudaException>(
            "the graph is 'SmallProgram with room for 96 rows in 8 sequences and 96 rows in 8 sequences'",
            () => SmallGpu.Run(program, lengths[0]));
    }

    private static void Run(SmallProgram program)
    {
        SmallGpu.Run(program, lengths);
        SmallGpu.Run(program, 2000); // grows
    }

    private SmallGpu Gpu(int failing, CudaResult code) =>
        new(new FakeDriver { Capacity = 64 << 20, FailAtCall = failing, FailWith = code }, cache: cache);

    private (int Loading, int All) Calls()
    {
        using var gpu = new SmallGpu(cache: cache);
        using var program = new SmallProgram(gpu.Device);
        int loading = gpu.Driver.Calls.Count;
        Run(program);
        return (loading, gpu.Driver.Calls.Count);
    }
}
