using System.Collections.Concurrent;
using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class CpuRunPartsTests
{
    private const int Width = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void A_large_batch_runs_in_parts_of_whole_sequences(int threads)
    {
        using var program = new Recording(threads);
        int[] lengths = [.. Enumerable.Range(0, 60).Select(i => i * 7 % 31)];
        RaggedMatrix input = Input(lengths), output = new(lengths, Width);
        var sums = new Matrix(lengths.Length, Width);
        program.Run([new RunInput(input)], [new RunOutput(output), new RunOutput(sums)]);

        Assert.True(program.Parts.Count > 3);
        Assert.Equal(lengths.Order(), program.Parts.SelectMany(p => p.Lengths).Order());
        Assert.Equal(input.Values.ToArray().Select(v => 2 * v), output.Values.ToArray());
        for (int s = 0; s < lengths.Length; s++)
            Assert.Equal(input.Sequence(s).ToArray().Where((_, i) => i % Width == 1).Sum(), sums[s, 1], tolerance: 1e-4f);
    }

    [Fact]
    public void Ids_and_rows_of_the_same_sequences_are_cut_alike()
    {
        using var program = new Recording(threads: 2);
        int[] lengths = [.. Enumerable.Range(90, 19)];
        RaggedBatch ids = RaggedBatch.Pack(
            [.. lengths.Select(l => Enumerable.Range(l, l).ToArray())], [.. lengths.Select(l => Enumerable.Repeat(l + 1, l).ToArray())]);
        RaggedMatrix input = Input(lengths), output = new(lengths, Width);
        program.Run([new RunInput(input), new RunInput(ids)], [new RunOutput(output)]);
        Assert.True(program.Parts.Count > 3);
        Assert.All(program.Parts, p => Assert.Equal(p.Lengths.SelectMany(l => Enumerable.Range(l, l)), p.Ids));
        Assert.All(program.Parts, p => Assert.Equal(p.Lengths.SelectMany(l => Enumerable.Repeat(l + 1, l)), p.Types));
    }

    [Fact]
    public void Threads_take_parts_alone_and_at_the_same_time()
    {
        using var barrier = new Barrier(2);
        int[] lengths = [200, 200];
        using var program = new Recording(threads: 2) { Entered = _ => Assert.True(barrier.SignalAndWait(TimeSpan.FromSeconds(20))) };
        Run(program, Input(lengths), new RaggedMatrix(lengths, Width));
        Assert.Equal(2, program.Parts.Count);
        Assert.All(program.Parts, p => Assert.Equal(1, p.Threads));
    }

    [Fact]
    public void What_cannot_be_cut_runs_as_one_on_all_threads()
    {
        using var program = new Recording(threads: 2);
        Run(program, Input([2000]), new RaggedMatrix([2000], Width));
        int[] lengths = [.. Enumerable.Repeat(100, 9)];
        program.Run([new RunInput(Input(lengths)), new RunInput(RaggedBatch.Pack([[1]]))], [new RunOutput(new RaggedMatrix(lengths, Width))]);
        Assert.Equal([[2000], lengths], program.Parts.Select(p => p.Lengths).OrderBy(l => l.Length));
        Assert.All(program.Parts, p => Assert.Equal(2, p.Threads));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_sequence_that_is_refused_is_told_by_its_number_among_all(int threads)
    {
        using var program = new Recording(threads) { Refused = 13 };
        int[] lengths = [.. Enumerable.Repeat(90, 20)];
        lengths[17] = 13;
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Run(program, Input(lengths), new RaggedMatrix(lengths, Width)));
        Assert.StartsWith("sequence 17 ", refused.Message, StringComparison.Ordinal);
        Run(program, Input([90, 90, 90, 90]), new RaggedMatrix([90, 90, 90, 90], Width));
    }

    [Fact]
    public async Task Who_waits_runs_between_the_parts_of_a_long_run()
    {
        var order = new ConcurrentQueue<string>();
        // Its own number of threads: other tests have no turns on this pool.
        using var brief = new Recording(threads: 3) { Entered = _ => order.Enqueue("brief") };
        Task? waiting = null;
        using var lengthy = new Recording(threads: 3)
        {
            Entered = workspace =>
            {
                order.Enqueue("lengthy");
                if (Interlocked.CompareExchange(ref waiting, new Task(() => Run(brief, Input([5]), new RaggedMatrix([5], Width))), null) is null) waiting.Start();
                Assert.True(SpinWait.SpinUntil(() => WorkerPool.Shared(3).IsAwaited || order.Contains("brief"), TimeSpan.FromSeconds(20)));
            },
        };
        int[] lengths = [.. Enumerable.Repeat(128, 30)];
        Run(lengthy, Input(lengths), new RaggedMatrix(lengths, Width));
        await waiting!;
        Assert.Equal(30, lengthy.Parts.Count);
        Assert.Equal(31, order.Count);
        Assert.InRange(order.ToList().IndexOf("brief"), 1, 3);
    }

    [Fact]
    public void Parts_allocate_nothing_once_warm()
    {
        using var program = new Recording(threads: 2) { Records = false };
        int[] lengths = [.. Enumerable.Repeat(50, 30)];
        RaggedMatrix input = Input(lengths), output = new(lengths, Width);
        for (int i = 0; i < 50; i++) Run(program, input, output);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++) Run(program, input, output);
        // The stack of idle workspaces makes a node a run.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50 * 64);
    }

    [Fact]
    public void Buffers_are_those_of_whose_part_it_is_unless_somebody_uses_them()
    {
        using var pool = new WorkerPool(3);
        using var workspace = new CpuWorkspace(1, 1, 0, pool);
        CpuWorkspace first = workspace.Lend(owner: 1, worker: 0), other = workspace.Lend(owner: 1, worker: 2), third = workspace.Lend(owner: 0, worker: 1);
        Assert.Distinct([first, other, third]);
        Assert.Same(pool.Alone(2), other.Pool);
        workspace.TakeBack(first);
        Assert.Same(first, workspace.Lend(owner: 0, worker: 1));
        Assert.Same(pool.Alone(1), first.Pool);
    }

    private static void Run(Recording program, RaggedMatrix input, RaggedMatrix output) => program.Run([new RunInput(input)], [new RunOutput(output)]);

    private static RaggedMatrix Input(int[] lengths)
    {
        var input = new RaggedMatrix(lengths, Width);
        Samples.Normal(3, lengths.Sum() * Width).CopyTo(input.Values);
        return input;
    }

    /// <summary>What a program was run on.</summary>
    private sealed record Part(int Threads, int[] Lengths, int[] Ids, int[] Types);

    /// <summary>Doubles its rows, adds those of each sequence up where that is asked for, and tells what it was run on.</summary>
    private sealed class Recording(int threads) : CpuProgram<Float128>(new CpuDevice(threads, 0), spaces: 1, slots: 0, integers: 0)
    {
        public bool Records { get; init; } = true;

        /// <summary>A length that it takes no sequence of.</summary>
        public int Refused { get; init; } = -1;

        public Action<CpuWorkspace> Entered { get; init; } = _ => { };

        public ConcurrentQueue<Part> Parts { get; } = [];

        protected override void Run(CpuWorkspace workspace, ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
        {
            Entered(workspace);
            RaggedRows rows = workspace.Space(0, inputs[0].Offsets);
            for (int s = 0; s < rows.SequenceCount; s++)
            {
                if (rows.Length(s) == Refused) throw new ArgumentException($"sequence {s} has {Refused} rows");
            }
            ReadOnlySpan<float> from = inputs[0].Values;
            Span<float> to = outputs[0].Values;
            for (int i = 0; i < to.Length; i++) to[i] = 2 * from[i];
            if (!Records) return;

            Assert.Equal(from.Length, to.Length);
            RunInput ids = inputs[^1];
            Parts.Enqueue(new Part(workspace.Pool.Threads, [.. Enumerable.Range(0, rows.SequenceCount).Select(rows.Length)], [.. ids.Ids], [.. ids.Types]));
            if (outputs.Length == 1) return;
            Span<float> sums = outputs[1].Values;
            Assert.Equal(rows.SequenceCount * Width, sums.Length);
            sums.Clear();
            for (int row = 0; row < rows.Count; row++)
                for (int c = 0; c < Width; c++) sums[(rows.SequenceOf(row) * Width) + c] += from[(row * Width) + c];
        }
    }
}
