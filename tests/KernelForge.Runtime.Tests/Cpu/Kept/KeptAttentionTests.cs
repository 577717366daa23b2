using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Tests.Cpu.Kept;

/// <summary>Attention over kept keys has the bits of an ordinary run over the whole, however the rows come.</summary>
public sealed class KeptAttentionTests
{
    private static readonly int[] Parts = [1, 1, 1, 2, 31, 32, 33, 70];

    [Theory]
    [InlineData(4, 4, 64, 64)]
    [InlineData(6, 2, 16, 40)]
    [InlineData(5, 1, 33, 5)]
    [InlineData(20, 1, 8, 80)]
    [InlineData(1, 1, 1, 1)]
    public void A_causal_mask_in_parts_of_any_sizes(int heads, int keyValueHeads, int headWidth, int valueWidth) =>
        Widths.ForEach(new Case<PlainScore, AttentionTests.Causal>(new(heads, keyValueHeads, headWidth, valueWidth), default, default));

    [Fact]
    public void A_score_reads_positions_rows_and_the_head() => Widths.ForEach(
        new Case<AttentionTests.Slope, AttentionTests.Causal>(new(4, 2, 16, 16), new AttentionTests.Slope(0.25f), default));

    [Fact]
    public void A_window_gives_back_the_blocks_that_nobody_reaches() => Widths.ForEach(
        new Case<PlainScore, Window>(new(2, 2, 16, 16, Reach: 39), default, new Window(40)));

    [Fact]
    public void Chunks_come_whole() => Widths.ForEach(new Case<PlainScore, Chunks>(new(2, 1, 16, 16), default, new Chunks(24), Unit: 24));

    [Fact]
    public void Weights_that_are_no_softmax_add_up_alike() => Widths.ForEach(
        new Case<LinearScore, AttentionTests.Causal>(new(4, 4, 16, 16), default, default));

    [Fact]
    public void Keys_that_do_not_go_on_are_kept_from_the_first_run() => Widths.ForEach(new SourceCase());

    [Fact]
    public void One_row_of_a_part_of_a_chunk_is_refused()
    {
        using var program = new AttentionProgram<Float128, PlainScore, Chunks>(
            new CpuDevice(1, 0), new(1, 1, 8, 8), 1, default, new Chunks(4));
        using SequenceCache cache = SequenceCache.For(program, new CacheLayout(), "Layer", 1 << 20);
        var stepper = new Stepper(program, cache, 8);
        Running sequence = stepper.Begin(1, 10, 24);
        stepper.Step((sequence, 8));
        ArgumentException refused = Assert.Throws<ArgumentException>(() => stepper.Step((sequence, 2)));
        Assert.Contains("brings 2 rows after 8", refused.Message, StringComparison.Ordinal);
        Assert.Equal(8, cache.Length(sequence.Number));
    }

    [Fact]
    public void A_window_costs_no_more_blocks_than_it_reaches()
    {
        AttentionShape shape = new(1, 1, 8, 8, Reach: 39);
        using var program = new AttentionProgram<Float128, PlainScore, Window>(new CpuDevice(1, 0), shape, 1, default, new Window(40));
        using SequenceCache cache = SequenceCache.For(program, new CacheLayout(), "Layer", 1 << 20);
        var stepper = new Stepper(program, cache, shape.OutputColumns);
        Running sequence = stepper.Begin(1, 500, shape.Columns);
        long block = 32 * (8 + 16) * sizeof(float);
        while (sequence.Left > 0)
        {
            stepper.Step((sequence, 1));
            Assert.InRange(cache.Used, block, 3 * block);
        }
    }

    private readonly record struct Window(int Width) : IMask
    {
        public static bool Exists => true;

        public bool Includes(AttentionRow i, AttentionRow j) => j <= i && i - j < Width;

        public Coverage Cover(Interval i, Interval j, int sequence) => (j <= i) & (i - j < Width);
    }

    private readonly record struct Chunks(int Size) : IMask
    {
        public static bool Exists => true;

        public bool Includes(AttentionRow i, AttentionRow j) => j / Size <= i / Size;

        public Coverage Cover(Interval i, Interval j, int sequence) => j / Size <= i / Size;
    }

    private readonly struct LinearScore : IScore
    {
        public static bool Exists => true;

        public float Apply(float s, AttentionRow i, AttentionRow j, int head) => s / (1 + i - j);
    }

    private sealed record Case<TScore, TMask>(AttentionShape Shape, TScore Score, TMask Mask, int Unit = 1) : IWidthCase
        where TScore : struct, IScore
        where TMask : struct, IMask
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            foreach (int threads in (int[])[1, 2, 3])
            {
                using var program = new AttentionProgram<TVector, TScore, TMask>(new CpuDevice(threads, 0), Shape, 2, Score, Mask);
                using SequenceCache cache = SequenceCache.For(program, new CacheLayout(), "Layer", 1 << 26);
                var stepper = new Stepper(program, cache, 2 * Shape.OutputColumns);
                int[] lengths = Unit == 1 ? [150, 1, 33, 70, 5] : [Unit * 6, Unit, Unit * 3];
                stepper.StepAll(threads, 2 * Shape.Columns, lengths, Parts, Unit);
                // As decoding goes: one new row of each.
                if (Unit == 1) stepper.StepAll(threads + 5, 2 * Shape.Columns, [70, 33, 5], [1]);
                // One long sequence is shared out among the threads.
                stepper.StepAll(threads + 10, 2 * Shape.Columns, [720], [600, 1], Unit);
            }
        }
    }

    private sealed class SourceCase : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            AttentionShape shape = new(4, 2, 16, 24);
            RaggedMatrix x = new([3, 7, 3], shape.Columns), source = new([40, 5, 0], shape.Columns);
            RaggedMatrix whole = new([3, 7, 3], shape.OutputColumns);
            Samples.Normal(1, x.Values.Length).CopyTo(x.Values);
            Samples.Normal(2, source.Values.Length).CopyTo(source.Values);
            using var program = new AttentionProgram<TVector, PlainScore, NoMask>(
                new CpuDevice(2, 0), shape, 1, default, default, hasSource: true);
            program.Run([new RunInput(x), new RunInput(source)], [new RunOutput(whole)]);

            using SequenceCache cache = SequenceCache.For(program, new CacheLayout(), "Layer", 1 << 20);
            int[] numbers = [cache.Add(), cache.Add(), cache.Add()], fed = [0, 0, 0];
            foreach (int[] lengths in (int[][])[[1, 3, 1], [1, 1, 1], [1, 3, 1]])
            {
                RaggedMatrix input = new(lengths, shape.Columns), output = new(lengths, shape.OutputColumns);
                for (int s = 0; s < 3; s++)
                    x.Sequence(s).Slice(fed[s] * shape.Columns, lengths[s] * shape.Columns).CopyTo(input.Sequence(s));
                bool first = fed[0] == 0;
                AddedRows[] added = first ? [new AddedRows(0, input), new AddedRows(1, source)] : [new AddedRows(0, input)];
                using (CacheRun run = cache.Begin(program, numbers, fresh: first, added))
                {
                    RaggedMatrix given = first ? source : run.EmptyMatrix(shape.Columns);
                    program.Run([new RunInput(input), new RunInput(given)], [new RunOutput(output)], run);
                    run.Commit();
                }
                for (int s = 0; s < 3; s++)
                {
                    int from = fed[s] * shape.OutputColumns, count = lengths[s] * shape.OutputColumns;
                    Assert.Equal(Stepper.Bits(whole.Sequence(s).Slice(from, count)), Stepper.Bits(output.Sequence(s)));
                    fed[s] += lengths[s];
                }
            }
        }
    }
}
