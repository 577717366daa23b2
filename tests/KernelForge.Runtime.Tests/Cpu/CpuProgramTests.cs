using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class CpuProgramTests
{
    private const int Width = 20;

    [Fact]
    public void Several_threads_may_run_a_program_at_once()
    {
        using var program = new Doubling(new CpuDevice(2, 0));
        int wrong = 0;
        var threads = Enumerable.Range(1, 4).Select(t => new Thread(() =>
        {
            for (int i = 0; i < 30; i++)
            {
                if (!Expected(t, i % 7).SequenceEqual(Run(program, t, i % 7))) Interlocked.Increment(ref wrong);
            }
        })).ToArray();
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void A_run_allocates_nothing_once_warm()
    {
        using var program = new Doubling(new CpuDevice(2, 0));
        RaggedMatrix input = Input(3, 5), output = new([5], Width);
        for (int i = 0; i < 50; i++) program.Run([new RunInput(input)], [new RunOutput(output)]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++) program.Run([new RunInput(input)], [new RunOutput(output)]);
        // The stack of idle workspaces makes a node a run; nothing grows with the batch.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50 * 64);
    }

    [Fact]
    public void A_disposed_program_refuses_to_run()
    {
        var program = new Doubling(new CpuDevice(1, 0));
        program.Dispose();
        program.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Run(program, 1, 2));
    }

    [Fact]
    public void A_program_that_is_disposed_while_it_runs_finishes_first()
    {
        for (int i = 0; i < 20; i++)
        {
            var program = new Doubling(new CpuDevice(2, 0));
            using var entered = new ManualResetEventSlim();
            program.Entered = entered.Set;
            int[]? bits = null;
            var thread = new Thread(() => bits = Run(program, 2, 400));
            thread.Start();
            entered.Wait(TestContext.Current.CancellationToken);
            program.Dispose();
            thread.Join();
            Assert.Equal(Expected(2, 400), bits);
        }
    }

    private static RaggedMatrix Input(int seed, int length)
    {
        var input = new RaggedMatrix([length], Width);
        Samples.Normal(seed, length * Width).CopyTo(input.Values);
        return input;
    }

    private static int[] Run(Doubling program, int seed, int length)
    {
        RaggedMatrix input = Input(seed, length), output = new([length], Width);
        program.Run([new RunInput(input)], [new RunOutput(output)]);
        return [.. output.Values.ToArray().Select(BitConverter.SingleToInt32Bits)];
    }

    private static int[] Expected(int seed, int length) =>
        [.. Samples.Normal(seed, length * Width).Select(v => BitConverter.SingleToInt32Bits(2 * v))];

    /// <summary>x · 2I, as a generated program would have it.</summary>
    private sealed class Doubling : CpuProgram<Float256>
    {
        private readonly PackedMatrix<Float256> weight;

        public Doubling(CpuDevice device) : base(device, spaces: 1, slots: 2, integers: 0)
        {
            float[] twice = new float[Width * Width];
            for (int i = 0; i < Width; i++) twice[(i * Width) + i] = 2;
            weight = Keep(PackedMatrix.Concat<Float256>(Width, new WeightPart(twice, Width)));
        }

        public Action Entered { get; set; } = () => { };

        protected override void Run(CpuWorkspace workspace, ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
        {
            Entered();
            RaggedRows tokens = workspace.Space(0, inputs[0].Offsets);
            workspace.Slot(0).Reserve(tokens.Count, Width);
            workspace.Slot(1).Reserve(tokens.Count, Width);
            Rows<Float256> x = workspace.Slot(0).View<Float256>(tokens.Count, Width);
            Rows<Float256> y = workspace.Slot(1).View<Float256>(tokens.Count, Width);
            x.CopyFrom(inputs[0].Values);
            Gemm.Run(workspace.Pool, x, Gemm.Block(weight, new GemmTests.Keep<Float256>(y)));
            y.CopyTo(outputs[0].Values);
        }
    }
}
