using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class CpuRunPartsTests
{
    private const int Width = 3;

    [Fact]
    public void A_large_batch_runs_in_parts_of_whole_sequences_that_are_about_as_long()
    {
        using var program = new Recording(threads: 1);
        int[] lengths = [.. Enumerable.Range(0, 60).Select(i => i * 7 % 31)];
        RaggedMatrix input = Input(lengths), output = new(lengths, Width);
        var sums = new Matrix(lengths.Length, Width);
        program.Run([new RunInput(input)], [new RunOutput(output), new RunOutput(sums)]);

        int parts = lengths.Sum() / RunParts.RowsPerThread;
        Assert.True(parts > 3);
        Assert.Equal(lengths, program.Lengths.SelectMany(l => l));
        Assert.Equal(parts, program.Lengths.Count);
        Assert.All(program.Lengths, l => Assert.InRange(l.Sum(), RunParts.RowsPerThread - 31, RunParts.RowsPerThread + 62));
        Assert.Equal(input.Values.ToArray().Select(v => 2 * v), output.Values.ToArray());
        for (int s = 0; s < lengths.Length; s++)
            Assert.Equal(input.Sequence(s).ToArray().Where((_, i) => i % Width == 1).Sum(), sums[s, 1], tolerance: 1e-4f);
    }

    [Fact]
    public void Ids_and_rows_of_the_same_sequences_are_cut_alike()
    {
        using var program = new Recording(threads: 1);
        int[] lengths = [.. Enumerable.Repeat(100, 9)];
        RaggedBatch ids = RaggedBatch.Pack([.. lengths.Select((l, s) => Enumerable.Repeat(s, l).ToArray())], [.. lengths.Select((l, s) => Enumerable.Repeat(s + 1, l).ToArray())]);
        RaggedMatrix input = Input(lengths), output = new(lengths, Width);
        program.Run([new RunInput(input), new RunInput(ids)], [new RunOutput(output)]);
        Assert.Equal(5, program.Lengths.Count);
        Assert.Equal(ids.Ids.ToArray(), program.Ids);
        Assert.Equal(ids.Types.ToArray(), program.Types);
    }

    [Fact]
    public void What_cannot_be_cut_runs_as_one()
    {
        using var program = new Recording(threads: 1);
        Run(program, Input([2000]), new RaggedMatrix([2000], Width));
        Assert.Equal([2000], Assert.Single(program.Lengths));

        program.Lengths.Clear();
        int[] lengths = [.. Enumerable.Repeat(100, 9)];
        program.Run([new RunInput(Input(lengths)), new RunInput(RaggedBatch.Pack([[1]]))], [new RunOutput(new RaggedMatrix(lengths, Width))]);
        Assert.Equal(lengths, Assert.Single(program.Lengths));
    }

    [Fact]
    public void A_sequence_that_is_refused_is_told_by_its_number_among_all()
    {
        using var program = new Recording(threads: 1) { Refused = 13 };
        int[] lengths = [.. Enumerable.Repeat(90, 20)];
        lengths[17] = 13;
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Run(program, Input(lengths), new RaggedMatrix(lengths, Width)));
        Assert.StartsWith("sequence 17 ", refused.Message, StringComparison.Ordinal);
        Run(program, Input([90, 90, 90, 90]), new RaggedMatrix([90, 90, 90, 90], Width));
    }

    [Fact]
    public void Parts_allocate_nothing_once_warm()
    {
        using var program = new Recording(threads: 1) { Records = false };
        int[] lengths = [.. Enumerable.Repeat(50, 30)];
        RaggedMatrix input = Input(lengths), output = new(lengths, Width);
        for (int i = 0; i < 50; i++) Run(program, input, output);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++) Run(program, input, output);
        // The stack of idle workspaces makes a node a run.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50 * 64);
    }

    private static void Run(Recording program, RaggedMatrix input, RaggedMatrix output) => program.Run([new RunInput(input)], [new RunOutput(output)]);

    private static RaggedMatrix Input(int[] lengths)
    {
        var input = new RaggedMatrix(lengths, Width);
        Samples.Normal(3, lengths.Sum() * Width).CopyTo(input.Values);
        return input;
    }

    /// <summary>Doubles its rows, adds those of each sequence up where that is asked for, and tells what it was run on.</summary>
    private sealed class Recording(int threads) : CpuProgram<Float128>(new CpuDevice(threads, 0), spaces: 1, slots: 0, integers: 0)
    {
        public bool Records { get; init; } = true;

        /// <summary>A length that it takes no sequence of.</summary>
        public int Refused { get; init; } = -1;

        public List<int[]> Lengths { get; } = [];

        public List<int> Ids { get; } = [];

        public List<int> Types { get; } = [];

        protected override void Run(CpuWorkspace workspace, ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
        {
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
            Lengths.Add([.. Enumerable.Range(0, rows.SequenceCount).Select(rows.Length)]);
            if (inputs.Length > 1)
            {
                Ids.AddRange(inputs[1].Ids);
                Types.AddRange(inputs[1].Types);
            }
            if (outputs.Length == 1) return;
            Span<float> sums = outputs[1].Values;
            Assert.Equal(rows.SequenceCount * Width, sums.Length);
            sums.Clear();
            for (int row = 0; row < rows.Count; row++)
                for (int c = 0; c < Width; c++) sums[(rows.SequenceOf(row) * Width) + c] += from[(row * Width) + c];
        }
    }
}
