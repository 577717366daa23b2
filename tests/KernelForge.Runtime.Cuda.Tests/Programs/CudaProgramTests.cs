using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Tests.Execution;
using KernelForge.Tests;

namespace KernelForge.Runtime.Cuda.Tests.Programs;

public sealed class CudaProgramTests
{
    [Fact]
    public void Batches_of_any_lengths_come_out_right()
    {
        using var gpu = new SmallGpu();
        using var program = new SmallProgram(gpu.Device);
        SmallGpu.Run(program, 3, 1, 4);
        SmallGpu.Run(program, 100, 0, 300);
        SmallGpu.Run(program, 0, 0);
        SmallGpu.Run(program);
        SmallGpu.Run(program, 2000);
        SmallGpu.Run(program, 3, 1, 4);
        SmallGpu.Run(program, [.. Enumerable.Repeat(7, 500)]);
    }

    [Fact]
    public void A_batch_that_fits_a_graph_replays_it()
    {
        using var gpu = new SmallGpu();
        using var program = new SmallProgram(gpu.Device);
        SmallGpu.Run(program, 300, 80);
        int made = Graphs(gpu);
        SmallGpu.Run(program, 65, 65, 65, 65, 65);
        SmallGpu.Run(program, 384);
        Assert.Equal((1, 1), (made, Graphs(gpu)));
        SmallGpu.Run(program, 385); // more rows
        SmallGpu.Run(program, [.. Enumerable.Repeat(35, 9)]); // more sequences, and all of them short
        Assert.Equal(3, Graphs(gpu));
    }

    [Fact]
    public void A_graph_begins_with_one_copy_and_its_kernels_follow()
    {
        using var gpu = new SmallGpu();
        using var program = new SmallProgram(gpu.Device);
        int before = gpu.Driver.Calls.Count;
        SmallGpu.Run(program, 3, 4);
        string[] calls = [.. gpu.Driver.Calls.Skip(before)];
        int begin = Array.IndexOf(calls, "cuStreamBeginCapture"), end = Array.IndexOf(calls, "cuStreamEndCapture");
        string[] captured = [.. calls[(begin + 1)..end].Where(call => call != "cuCtxSetCurrent")];
        Assert.Equal(["cuMemcpyHtoDAsync", .. Enumerable.Repeat("cuLaunchKernelEx", 4)], captured);
        Assert.Equal(["embed", "project", "attend", "pool"], gpu.Driver.Launches.Select(launch => launch.Kernel));
    }

    [Fact]
    public void Growing_memory_makes_the_graphs_anew_and_gives_the_old_back()
    {
        using var gpu = new SmallGpu();
        using var program = new SmallProgram(gpu.Device);
        SmallGpu.Run(program, 30);
        SmallGpu.Run(program, 100);
        Assert.Equal(1, gpu.Driver.Alive.Count(kind => kind == "executable graph"));
        SmallGpu.Run(program, 30);
        Assert.Equal(2, gpu.Driver.Alive.Count(kind => kind == "executable graph"));
        Assert.Equal(3, Graphs(gpu));
    }

    [Fact]
    public void Graphs_that_were_not_used_for_long_are_let_go_of()
    {
        using var gpu = new SmallGpu();
        using var program = new SmallProgram(gpu.Device);
        SmallGpu.Run(program, [4000, .. new int[199]]);
        foreach (int length in (int[])[3900, 2900, 1900, 1400, 900, 700])
            foreach (int empty in (int[])[0, 9, 13, 20, 30, 40, 60]) SmallGpu.Run(program, [length, .. new int[empty]]);
        Assert.Equal(43, Graphs(gpu));
        Assert.Equal(32, gpu.Driver.Alive.Count(kind => kind == "executable graph"));
    }

    [Fact]
    public void After_the_last_program_nothing_is_left()
    {
        using var gpu = new SmallGpu();
        var first = new SmallProgram(gpu.Device);
        var second = new SmallProgram(gpu.Device);
        Assert.Equal(1, gpu.Driver.Alive.Count(kind => kind == "context"));
        SmallGpu.Run(first, 30);
        first.Dispose();
        first.Dispose();
        Assert.Throws<ObjectDisposedException>(() => SmallGpu.Run(first, 30));
        SmallGpu.Run(second, 30);
        second.Dispose();
        Assert.Empty(gpu.Driver.Alive);

        using (var anew = new SmallProgram(gpu.Device)) SmallGpu.Run(anew, 3);
        Assert.Empty(gpu.Driver.Alive);
    }

    [Fact]
    public async Task Several_threads_run_one_program()
    {
        using var gpu = new SmallGpu();
        var program = new SmallProgram(gpu.Device);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < 20; i++) SmallGpu.Run(program, 1 + (37 * thread), 100 * (i % 5), i);
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        program.Dispose();
        Assert.Empty(gpu.Driver.Alive);
    }

    [Fact]
    public async Task A_program_disposed_of_while_it_runs_ends_the_run_first()
    {
        using var gpu = new SmallGpu();
        var program = new SmallProgram(gpu.Device);
        using var begun = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        gpu.Look["embed"] = _ =>
        {
            begun.Set();
            goOn.Wait();
        };
        Task run = Task.Run(() => SmallGpu.Run(program, 5), TestContext.Current.CancellationToken);
        begun.Wait(TestContext.Current.CancellationToken);
        program.Dispose();
        Assert.Contains("executable graph", gpu.Driver.Alive);
        goOn.Set();
        await run;
        Assert.Empty(gpu.Driver.Alive);
    }

    [Fact]
    public void A_warm_program_allocates_nothing()
    {
        using var gpu = new SmallGpu();
        using var program = new SmallProgram(gpu.Device);
        gpu.Driver.Kernel = null; // it reads arguments by allocating
        gpu.Driver.Calls.EnsureCapacity(100_000);
        gpu.Driver.Launches.EnsureCapacity(10_000);
        Batch[] batches = [new(30, 2), new(300, 80), new(1, 0, 90, 400), new(60, 60)];
        foreach (Batch batch in batches) batch.Run(program);
        foreach (Batch batch in batches) batch.Run(program);
        // What allocates at every run does so in every round; a list of the fake driver may grow in one.
        long least = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 25; i++)
                foreach (Batch batch in batches) batch.Run(program);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public void Inputs_and_outputs_that_do_not_fit_the_batch_are_refused()
    {
        using var gpu = new SmallGpu();
        using var program = new SmallProgram(gpu.Device);
        Refuses.With<ArgumentException>("0 inputs were given, the program takes 2", () => program.Run([], []));
        var ids = RaggedBatch.Pack([[1, 2, 3]]);
        Refuses.With<ArgumentException>(
            "input 1 has 10 values, the batch has 3 rows of 5", () => program.Run([new(ids), new(new RaggedMatrix([2], 5))], []));
        Refuses.With<ArgumentException>(
            "0 outputs were given", () => program.Run([new(ids), new(new RaggedMatrix([3], 5))], []));
        Refuses.With<ArgumentException>(
            "output 1 has 10 values, the batch has 1 rows of 5",
            () => program.Run([new(ids), new(new RaggedMatrix([3], 5))], [new(new RaggedMatrix([3], 5)), new(new Matrix(2, 5))]));
        SmallGpu.Run(program, 4);
    }

    [Fact]
    public void A_batch_of_more_sequences_than_a_grid_has_blocks_is_refused_with_what_to_do()
    {
        using var gpu = new SmallGpu();
        using var program = new SmallProgram(gpu.Device);
        Refuses.With<ArgumentException>(
            "a device takes 65535: split the batch", () => SmallGpu.Run(program, [.. Enumerable.Repeat(1, 70_000)]));
        SmallGpu.Run(program, 4);
    }

    [Fact]
    public void Kernels_overlap_where_the_device_can_and_every_input_has_rows()
    {
        using var gpu = new SmallGpu(new FakeDriver { Capacity = 64 << 20, Major = 9 });
        using var program = new SmallProgram(gpu.Device);
        SmallGpu.Run(program, 4);
        Assert.Equal([false, true, true, true], gpu.Driver.Launches.Select(launch => launch.Shape.Overlap));
        SmallGpu.Run(program, 0);
        Assert.All(gpu.Driver.Launches.Skip(4), launch => Assert.False(launch.Shape.Overlap));
    }

    [Theory]
    [InlineData(CudaPrecision.Float16)]
    [InlineData(CudaPrecision.BFloat16)]
    [InlineData(CudaPrecision.TensorFloat32)]
    public void Rows_take_the_precision_on_their_way(CudaPrecision precision)
    {
        using var gpu = new SmallGpu(precision: precision);
        using var program = new SmallProgram(gpu.Device);
        unsafe
        {
            // The result is what stands there as a number of the precision: the input, copied.
            gpu.Look["embed"] = arguments =>
            {
                int bytes = arguments.Integers(6)[0] * 8 * precision.Bytes;
                new Span<byte>((void*)arguments.Address(0), bytes).CopyTo(new Span<byte>((void*)arguments.Address(5), bytes));
                for (int i = 5 * precision.Bytes; i < 8 * precision.Bytes; i++) Assert.Equal(0, ((byte*)arguments.Address(0))[i]);
            };
        }
        var x = new RaggedMatrix([3], 5);
        for (int i = 0; i < 15; i++) x.Values[i] = 1 + (i / 8f);
        var result = new RaggedMatrix([3], 5);
        program.Run([new(RaggedBatch.Pack([[1, 2, 3]])), new(x)], [new(result), new(new Matrix(1, 5))]);
        Assert.Equal(x.Values, result.Values);
    }

    private static int Graphs(SmallGpu gpu) => gpu.Driver.Calls.Count(call => call == "cuGraphInstantiateWithFlags");
}
