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
            RaggedMatrix x = new([3, 7], shape.Columns), source = new([40, 5], shape.Columns), whole = new([3, 7], shape.OutputColumns);
            Samples.Normal(1, x.Values.Length).CopyTo(x.Values);
            Samples.Normal(2, source.Values.Length).CopyTo(source.Values);
            using var program = new AttentionProgram<TVector, PlainScore, NoMask>(
                new CpuDevice(2, 0), shape, 1, default, default, hasSource: true);
            program.Run([new RunInput(x), new RunInput(source)], [new RunOutput(whole)]);

            using SequenceCache cache = SequenceCache.For(program, new CacheLayout(), "Layer", 1 << 20);
            int[] numbers = [cache.Add(), cache.Add()];
            Compare(0, [1, 3], (input, output) =>
            {
                using CacheRun run = cache.Begin(program, numbers, fresh: true, new AddedRows(0, input), new AddedRows(1, source));
                program.Run([new RunInput(input), new RunInput(source)], [new RunOutput(output)], run);
                run.Commit();
            });
            Compare(1, [2, 4], (input, output) =>
            {
                using CacheRun run = cache.Begin(program, numbers, fresh: false, new AddedRows(0, input));
                program.Run([new RunInput(input), new RunInput(run.EmptyMatrix(shape.Columns))], [new RunOutput(output)], run);
                run.Commit();
            });

            void Compare(int part, int[] lengths, Action<RaggedMatrix, RaggedMatrix> run)
            {
                RaggedMatrix input = new(lengths, shape.Columns), output = new(lengths, shape.OutputColumns);
                for (int s = 0; s < 2; s++)
                {
                    int first = part == 0 ? 0 : whole.Offsets[s + 1] - whole.Offsets[s] - lengths[s];
                    x.Sequence(s).Slice(first * shape.Columns, lengths[s] * shape.Columns).CopyTo(input.Sequence(s));
                }
                run(input, output);
                for (int s = 0; s < 2; s++)
                {
                    int first = part == 0 ? 0 : whole.Offsets[s + 1] - whole.Offsets[s] - lengths[s];
                    Span<float> expected = whole.Sequence(s).Slice(first * shape.OutputColumns, lengths[s] * shape.OutputColumns);
                    Assert.Equal(Stepper.Bits(expected), Stepper.Bits(output.Sequence(s)));
                }
            }
        }
    }
}
